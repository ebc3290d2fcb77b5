// Runs the checks and tests and counts: `npm test`. Stops at the first failure.
// The long matrices are left to `npm run browser:all`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const unitReport = 'e2e/output/unit-tests.json';
const browserReport = 'e2e/output/browser-tests.json';
const soakReport = 'e2e/output/soak.json';
rmSync('e2e/output', { recursive: true, force: true });

/** Runs a step. @returns whether it is green. @param isAside whether to say all at its end. */
async function step(name, script, parts = [], isAside = false) {
  const start = performance.now();
  const task = spawn('npm', ['run', '--silent', script, '--', ...parts], {
    stdio: isAside ? 'pipe' : 'inherit',
  });
  const said = [];
  for (const stream of [task.stdout, task.stderr]) stream?.on('data', (data) => said.push(data));
  if (!isAside) console.log(`\n== ${name}`);
  const [status] = await once(task, 'close');
  if (isAside) process.stdout.write(`\n== ${name}\n${Buffer.concat(said)}`);
  console.log(`== ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return status === 0;
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

async function checks() {
  const report = ['--reporter=default', '--reporter=json', `--outputFile=${unitReport}`];
  return (
    (await step('lint, format and import directions', 'lint')) &&
    (await step('types', 'types')) &&
    (await step('dead code', 'dead-code')) &&
    (await step('unit tests', 'unit', report)) &&
    (await step('budgets of size', 'budgets')) &&
    (await step('lint of the Firefox build', 'lint-firefox'))
  );
}

async function all() {
  if (!(await step('builds', 'build'))) return false;
  // It waits much, so that the checks have time beside it. The browser tests would have none.
  const soak = step('soak', 'soak', ['--rounds', '40', '--report', soakReport], true);
  const areGreen = [await checks(), await soak];
  return areGreen.every(Boolean) && step('browser tests', 'browser');
}

const isGreen = await all();

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
