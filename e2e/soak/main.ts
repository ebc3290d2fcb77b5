import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../browsers/chromium.ts';
import { startStandIn } from '../stand-in/index.ts';
import { planOf } from './plan.ts';
import { createSoak, type Result } from './round.ts';

// Log-in and log-out, round after round, in one real Chromium, with faults: see README.md here.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    /** Only this round. */
    round: { type: 'string' },
    /** Begin with this round. */
    from: { type: 'string', default: '1' },
    /** Tell of all cookies, not of the session ids alone. */
    cookies: { type: 'boolean', default: false },
    /** Where to write how many rounds there were, and how many failed. */
    report: { type: 'string' },
    /** Go on after a round that failed. */
    all: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? randomInt(1_000_000));
const first = Number(values.round ?? values.from);
const last = values.round === undefined ? Number(values.rounds) : first;
if (![seed, first, last].every(Number.isSafeInteger)) throw new Error('These are whole numbers.');

/** How long one round may take before something hangs that should not, in milliseconds. */
const roundLimit = 300_000;

async function withLimit<T>(task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The round came to no end.')), roundLimit);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}

function tell(round: number, result: Result): void {
  console.log(`\nRound ${round} of seed ${seed}:`);
  for (const { rule, detail } of result.violations)
    console.log(`  broken: ${rule}\n          ${detail}`);
  console.log(`  told: ${result.told.map((told) => JSON.stringify(told)).join('\n        ')}`);
  console.log(`  asked: ${result.exchanges.join('\n         ')}`);
  const ids = result.cookies.filter((line) => /SESSDATA |outcome/.test(line));
  console.log(`  jar: ${(values.cookies ? result.cookies : ids).join('\n       ')}`);
  console.log(`  plan: ${JSON.stringify(planOf(seed, round))}`);
  console.log(`  again: npm run soak -- --seed ${seed} --round ${round}`);
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MB`;

console.log(`Soak: seed ${seed}, rounds ${first} to ${last}.`);
const standIn = await startStandIn();
const browser = await launchChromium({ standIn });
const failed: number[] = [];
let round = first;
let played = 0;
try {
  const soak = await createSoak(browser, standIn);
  const start = performance.now();
  const weigh = async () => {
    const { worker, popup } = await soak.heaps();
    console.log(`After round ${round}: worker ${megabytes(worker)}, popup ${megabytes(popup)}.`);
  };
  for (; round <= last; round += 1) {
    const result = await withLimit(soak.play(planOf(seed, round)));
    played += 1;
    if (result.violations.length > 0) {
      failed.push(round);
      tell(round, result);
      if (!values.all) break;
    }
    if (round === 50 && last > 60) await weigh();
  }
  round = Math.min(round, last);
  const seconds = (performance.now() - start) / 1000;
  await weigh();
  console.log(`${played} rounds in ${seconds.toFixed(1)} s, ${failed.length} failed.`);
} catch (error) {
  // Whatever went wrong, the round that did it can be run again.
  console.log(`\nRound ${round} of seed ${seed} was not played to its end.`);
  console.log(`  plan: ${JSON.stringify(planOf(seed, round))}`);
  console.log(`  again: npm run soak -- --seed ${seed} --round ${round}`);
  throw error;
} finally {
  await browser.close();
  await standIn.close();
}
if (values.report) {
  mkdirSync(dirname(values.report), { recursive: true });
  writeFileSync(values.report, JSON.stringify({ seed, rounds: played, failed: failed.length }));
}
if (failed.length > 0) {
  console.error(`Broken in round ${failed.join(', ')} of seed ${seed}.`);
  process.exitCode = 1;
}
