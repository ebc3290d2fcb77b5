// Holds the builds to their sizes: `npm run check`. In bytes, gzipped as a store's archive has them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const KB = 1024;
const budgets = { popup: 20 * KB, worker: 16 * KB, package: 60 * KB };

const sizeOf = (path) => gzipSync(readFileSync(path), { level: 9 }).length;

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** The scripts that a file names, by the ends of their addresses. */
function scriptsOf(build, file) {
  const text = readFileSync(join(build, file), 'utf8');
  return [...text.matchAll(/(?:src="|href="|from ?.|import .)[./]*(assets\/[^"']+\.js)/g)].map(
    ([, path]) => join(build, path),
  );
}

let isKept = true;
for (const build of ['dist/chromium', 'dist/firefox']) {
  const sum = (files) => files.reduce((total, path) => total + sizeOf(path), 0);
  const sizes = {
    popup: sum(scriptsOf(build, 'src/popup/index.html')),
    worker: sum(scriptsOf(build, 'service-worker-loader.js')),
    package: sum(filesIn(build)),
  };
  for (const [name, budget] of Object.entries(budgets)) {
    const isWithin = sizes[name] > 0 && sizes[name] <= budget;
    isKept &&= isWithin;
    const [size, most] = [sizes[name], budget].map((bytes) => (bytes / KB).toFixed(1));
    console.log(`${build}: ${name} ${size} KB of ${most} KB${isWithin ? '' : '  <- too much'}`);
  }
}
process.exit(isKept ? 0 : 1);
