// Makes the archives of a release from the builds: `npm run package`. Their bytes follow from the
// files that git knows, and from nothing else.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { browsers } from '../manifest.config.ts';
import metadata from '../package.json' with { type: 'json' };
import { archiveOf, type Files, sumsOf } from './archives.ts';

const folder = 'dist/packages';

function filesOf(root: string, paths: readonly string[]): Files {
  return new Map(paths.map((path) => [path, readFileSync(join(root, path))]));
}

function builtFiles(build: string): Files {
  const paths = readdirSync(build, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(build, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'));
  return filesOf(build, paths);
}

/** All that git knows, and how to build from it, for who has nothing else. */
function sourceFiles(): Files {
  if (!existsSync('.git')) {
    console.error('The archives are made from a clone: only git knows what belongs to the source.');
    process.exit(1);
  }
  const listed = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
  const files = filesOf('.', listed.split('\0').filter(Boolean));
  return new Map([...files, ['REBUILD.md', readFileSync('docs/store/rebuild.md')]]);
}

const contents = [
  ...browsers.map((browser) => [browser, builtFiles(`dist/${browser}`)] as const),
  ['source', sourceFiles()] as const,
];
const archives = new Map(
  contents.map(([what, files]) => [
    `bilibili-log-out-${metadata.version}-${what}.zip`,
    archiveOf(files),
  ]),
);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of archives) writeFileSync(join(folder, name), bytes);
const sums = sumsOf(archives);
writeFileSync(join(folder, 'SHA256SUMS'), sums);
console.log(sums);
