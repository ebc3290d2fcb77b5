// Runs the checks and tests, and counts: `npm test`. One after another, but for the soak, which runs
// beside the browser tests. Stops at the first failure.
// The long matrices are left to `npm run browser:all`.
import { spawn, spawnSync } from 'node:child_process';
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

/** The same, while something else goes on. What it says may be held back until it has ended. */
function stepAside(name, script, parts = [], isHeldBack = false) {
  const start = performance.now();
  const stdio = isHeldBack ? ['ignore', 'pipe', 'pipe'] : 'inherit';
  const child = spawn('npm', ['run', '--silent', script, ...parts], { stdio });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      said += data;
    });
  }
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${said && `\n${said}`}== ${name}: ${seconds} s`);
      resolve(code === 0);
    });
  });
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The soak waits for much of its time: so it runs beside the browser tests. */
async function browserTestsAndSoak() {
  console.log('\n== browser tests, and the soak beside them');
  const rounds = ['--', '--rounds', '60', '--report', soakReport];
  const ends = [stepAside('browser tests', 'browser'), stepAside('soak', 'soak', rounds, true)];
  return (await Promise.all(ends)).every(Boolean);
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
  (await browserTestsAndSoak());

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
