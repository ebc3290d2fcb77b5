import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import metadata from '../package.json' with { type: 'json' };
import lockfile from '../package-lock.json' with { type: 'json' };

const repository = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');

/** The titles of a file's tests and of their groups; what differs from row to row is an …. */
function titlesIn(path: string): string[] {
  // After `it(`, `test(`, `describe(`, also with a `.each(…)` before it.
  const title = /(?:\b(?:it|test|describe)(?:\.describe)?|\))\(\s*(['`])(.*?)\1/gs;
  return [...read(path).matchAll(title)].map(([, , text = '']) =>
    text.replace(/\$\{.*?\}|%\w/g, '…'),
  );
}

const named = [
  ...read('docs/threat-model.md').matchAll(/`([^`]+\.(?:test|spec)\.ts)`((?:,?\s+“[^”]+”)*)/g),
].map(([, path = '', titles = '']) => ({
  path,
  titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title.replace(/\s+/g, ' ')),
}));

it.each(named)(
  'the tests that docs/threat-model.md names are there: $path $titles',
  ({ path, titles }) => {
    expect(titles).not.toEqual([]);
    const known = titlesIn(path);
    for (const wanted of titles) {
      const isIt = (title: string) =>
        title === wanted || (wanted.endsWith('…') && title.startsWith(wanted.slice(0, -1)));
      expect(known.filter(isIt), wanted).not.toEqual([]);
    }
  },
);

it('each title there stands after its file', () => {
  const quoted = read('docs/threat-model.md').match(/“/g) ?? [];
  expect(named.flatMap(({ titles }) => titles)).toHaveLength(quoted.length);
});

it('three libraries ship, and each that is installed has its digest in the lockfile', () => {
  expect(Object.keys(metadata.dependencies)).toEqual(['@preact/signals-core', 'preact', 'valibot']);
  const { '': _, ...installed } = lockfile.packages;
  const without = Object.entries(installed).filter(
    ([, library]) => !/^sha512-/.test(library.integrity),
  );
  expect(without.map(([name]) => name)).toEqual([]);
});
