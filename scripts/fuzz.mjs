// Runs the tests with generated cases, far more of them than `npm test`: `npm run fuzz`.
//   --seconds=300   begins another round, of another seed, for so long
//   --seed=7        one round, of this seed: what has failed, fails again
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' } },
});
const first = Number(values.seed ?? randomInt(1_000_000));
const seconds = Number(values.seconds ?? (values.seed === undefined ? 60 : 0));
if (!Number.isSafeInteger(first) || !Number.isFinite(seconds))
  throw new Error('These are numbers.');

/** So many times the cases of `npm test`. */
const times = 5;

const end = performance.now() + seconds * 1000;
for (let seed = first; seed === first || performance.now() < end; seed += 1) {
  console.log(`Fuzz: seed ${seed}, ${times} times the cases.`);
  const parts = ['.fuzz.test.ts', '.property.test.ts', '--reporter=dot'];
  const round = spawn('npm', ['run', '--silent', 'unit', '--', ...parts], {
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_TIMES: String(times) },
  });
  const [status] = await once(round, 'close');
  if (status !== 0) {
    console.log(`  again: npm run fuzz -- --seed=${seed}`);
    process.exit(1);
  }
}
