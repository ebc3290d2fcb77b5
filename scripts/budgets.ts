// Holds the builds to their sizes: `npm run check`.
import { fileURLToPath } from 'node:url';
import { budgets, sizesOf } from './sizes.ts';

const inKB = (bytes: number) => (bytes / 1024).toFixed(1);

for (const build of ['dist/chromium', 'dist/firefox']) {
  const sizes = sizesOf(fileURLToPath(new URL(`../${build}`, import.meta.url)));
  for (const part of ['popup', 'worker', 'package'] as const) {
    const [size, most] = [sizes[part], budgets[part]];
    const isWithin = size <= most;
    if (!isWithin) process.exitCode = 1;
    const remark = isWithin ? '' : '  <- too much';
    console.log(`${build}: ${part} ${inKB(size)} KB of ${inKB(most)} KB${remark}`);
  }
}
