// Runs the checks and tests, one after another, and counts: `npm test`. Stops at the first failure.
// The long matrices are left to `npm run browser:all`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const unitReport = 'e2e/output/unit-tests.json';
const browserReport = 'e2e/output/browser-tests.json';
const soakReport = 'e2e/output/soak.json';
rmSync('e2e/output', { recursive: true, force: true });

function step(name, script, ...parts) {
  const start = performance.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync('npm', ['run', '--silent', script, ...parts], { stdio: 'inherit' });
  console.log(`== ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return status === 0;
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const isGreen =
  step('lint, format and import directions', 'lint') &&
  step('types', 'types') &&
  step('dead code', 'dead-code') &&
  step(
    'unit tests',
    'unit',
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${unitReport}`,
  ) &&
  step('builds', 'build') &&
  step('budgets of size', 'budgets') &&
  step('lint of the Firefox build', 'lint-firefox') &&
  step('browser tests', 'browser') &&
  step('soak', 'soak', '--', '--rounds', '60', '--report', soakReport);

const unit = read(unitReport);
const browser = read(browserReport)?.stats;
const soak = read(soakReport);
const passed =
  (unit?.numPassedTests ?? 0) + (browser?.expected ?? 0) + (soak?.failed === 0 ? 1 : 0);
const failed =
  (unit?.numFailedTests ?? 0) +
  (browser?.unexpected ?? 0) +
  (browser?.flaky ?? 0) +
  (soak?.failed ? 1 : 0);
const skipped = (unit?.numPendingTests ?? 0) + (browser?.skipped ?? 0);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
// A run without its tests proves nothing.
process.exit(isGreen && failed === 0 && skipped === 0 && unit && browser && soak ? 0 : 1);
