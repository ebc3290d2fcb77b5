import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** How large a build is, in bytes, each file gzipped as a store's archive has it. */
export interface Sizes {
  readonly popup: number;
  readonly worker: number;
  readonly package: number;
}

/** How large each part of a build may be at most, in bytes. */
export const budgets: Sizes = { popup: 20 * 1024, worker: 19.5 * 1024, package: 65 * 1024 };

/** @param build its folder, `dist/chromium` say. */
export function sizesOf(build: string): Sizes {
  const sum = (files: string[]) =>
    files.reduce((total, path) => total + gzipSync(readFileSync(path), { level: 9 }).length, 0);
  const sizes = {
    popup: sum(scriptsOf(build, 'src/popup/index.html')),
    worker: sum(scriptsOf(build, 'service-worker-loader.js')),
    package: sum(filesIn(build)),
  };
  if (Object.values(sizes).includes(0)) throw new Error(`${build} is not a whole build.`);
  return sizes;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** The scripts that a file names, by the ends of their addresses. */
function scriptsOf(build: string, file: string): string[] {
  const text = readFileSync(join(build, file), 'utf8');
  const named = /(?:src="|href="|from ?.|import .)[./]*(assets\/[^"']+\.js)/g;
  return [...text.matchAll(named)].map(([, path = '']) => join(build, path));
}
