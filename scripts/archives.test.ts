import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, expect, it, vi } from 'vitest';
import metadata from '../package.json' with { type: 'json' };

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const root = fileURLToPath(new URL('../', import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-out-archives-'));
  folders.push(folder);
  return folder;
}

/** Gives a folder the libraries of this one. */
const addLibraries = (folder: string) =>
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

/** A clone of what is here now, committed or not. */
function clone(): string {
  const folder = newFolder();
  const git = (...parts: string[]) => execFileSync('git', parts, { cwd: root, encoding: 'utf8' });
  const paths = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const path of new Set(paths.filter(Boolean))) cpSync(join(root, path), join(folder, path));
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['add', '-A'], { cwd: folder });
  addLibraries(folder);
  return folder;
}

const run = (folder: string, script: string, env: NodeJS.ProcessEnv = {}) =>
  execFileSync('npm', ['run', '--silent', script], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: undefined, VITEST: undefined, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
const sumsIn = (folder: string) => readFileSync(join(folder, 'dist/packages/SHA256SUMS'), 'utf8');
const archiveIn = (folder: string, what: string) =>
  unzipSync(
    readFileSync(join(folder, `dist/packages/bilibili-log-out-${metadata.version}-${what}.zip`)),
  );

it('the archives are the same from two clones, in two time zones, on two days; and from the source archive', () => {
  const [one, other] = [clone(), clone()];
  run(one, 'package', { TZ: 'Pacific/Kiritimati' });
  const nextDay = `const { now } = Date; Date = class extends Date { constructor(...given) {
    super(...(given.length > 0 ? given : [now() + 864e5])); } static now() { return now() + 864e5; } };`;
  const inTwoDays = `--import=data:text/javascript,${encodeURIComponent(nextDay)}`;
  run(other, 'package', { TZ: 'America/Los_Angeles', NODE_OPTIONS: inTwoDays });
  expect(sumsIn(one).trim().split('\n')).toHaveLength(3);
  expect(sumsIn(other)).toBe(sumsIn(one));

  const rebuilt = newFolder();
  for (const [path, bytes] of Object.entries(archiveIn(one, 'source'))) {
    mkdirSync(dirname(join(rebuilt, path)), { recursive: true });
    writeFileSync(join(rebuilt, path), bytes);
  }
  addLibraries(rebuilt);
  run(rebuilt, 'build');
  for (const browser of ['chromium', 'firefox']) {
    const build = join(rebuilt, 'dist', browser);
    const files = Object.entries(archiveIn(one, browser));
    const paths = readdirSync(build, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(build.length + 1));
    expect(files.map(([path]) => path)).toEqual(paths.sort());
    for (const [path, bytes] of files) {
      expect(readFileSync(join(build, path)).equals(bytes), path).toBe(true);
      // What ships is what a person needs, and the licences.
      expect(path).toMatch(/\.(js|html|json|png)$|^licences\.md$/);
    }
  }
});
