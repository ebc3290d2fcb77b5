// Runs the checks and tests, one after another, and counts: `npm test`. Stops at the first failure.
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

const run = async (script, parts, stdio) => {
  const start = performance.now();
  const child = spawn('npm', ['run', '--silent', script, ...parts], { stdio });
  const printed = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => printed.push(data));
  const [status] = await once(child, 'close');
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { isGreen: status === 0, seconds, printed: Buffer.concat(printed).toString() };
};

async function step(name, script, ...parts) {
  console.log(`\n== ${name}`);
  const { isGreen, seconds } = await run(script, parts, 'inherit');
  console.log(`== ${name}: ${seconds} s`);
  return isGreen;
}

/** Beside the browser tests, in the time that those wait; what it prints comes after them. */
async function browserTestsAndSoak() {
  const soaking = run('soak', ['--', '--rounds', '60', '--report', soakReport], 'pipe');
  const isGreen = await step('browser tests', 'browser');
  const soaked = await soaking;
  console.log(`\n== soak\n${soaked.printed}== soak: ${soaked.seconds} s`);
  return isGreen && soaked.isGreen;
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const isGreen =
  (await step('lint, format and import directions', 'lint')) &&
  (await step('types', 'types')) &&
  (await step('dead code', 'dead-code')) &&
  (await step(
    'unit tests',
    'unit',
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${unitReport}`,
  )) &&
  (await step('builds', 'build')) &&
  (await step('budgets of size', 'budgets')) &&
  (await step('lint of the Firefox build', 'lint-firefox')) &&
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
