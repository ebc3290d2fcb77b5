import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { browsers, manifestOf } from '../manifest.config.ts';
import { folder, languages, listingOf, readListing, screenshots } from './listings.ts';

const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
/** As the stores count. */
const lengthOf = (text: string) => [...text].length;

it('each language has a listing, and no other has', () => {
  const listings = readdirSync(folder).filter((name) => name.startsWith('listing.'));
  const expected = languages.map((language) => listingOf(language).pathname.split('/').at(-1));
  expect(listings.toSorted()).toEqual(expected.toSorted());
});

describe.each(languages)('the listing in %s', (language) => {
  const catalogue: Record<string, { message: string }> = JSON.parse(
    readFileSync(new URL(`../public/_locales/${language}/messages.json`, import.meta.url), 'utf8'),
  );
  const listing = readListing(language);

  it('has the name and the short description of the package', () => {
    expect(listing.name).toBe(catalogue['name']?.message);
    expect(listing.summary).toBe(catalogue['description']?.message);
  });

  it('is as long as Chrome and Edge want it', () => {
    expect(lengthOf(listing.name)).toBeLessThanOrEqual(75);
    expect(lengthOf(listing.summary)).toBeLessThanOrEqual(132);
    expect(lengthOf(listing.description)).toBeGreaterThanOrEqual(250);
    expect(lengthOf(listing.description)).toBeLessThanOrEqual(10_000);
  });

  it('does not begin its name with somebody else’s mark', () => {
    expect(listing.name).not.toMatch(/^(bili|哔哩|嗶哩|ビリビリ|b站|chrome|google|edge|firefox)/i);
  });

  it('has a caption for each screenshot', () => {
    expect(listing.captions).toHaveLength(screenshots.length);
  });
});

it.each(browsers)('each permission of %s has its sentence, and no other has', (browser) => {
  const manifest = manifestOf(browser, '1.2.3');
  const { permissions, host_permissions } = manifest;
  const { optional_permissions, optional_host_permissions } = manifest;
  const always = [...permissions, ...host_permissions];
  const onDemand = [...optional_permissions, ...optional_host_permissions];
  const rows = [...read('permissions.md').matchAll(/^\| `(.+?)` \| (.+?) \| (.+?) \|$/gm)];
  expect(rows.map(([, permission, when]) => `${permission}: ${when}`).toSorted()).toEqual(
    [
      ...always.map((permission) => `${permission}: always`),
      ...onDemand.map((permission) => `${permission}: on demand`),
    ].toSorted(),
  );
  for (const [, , , sentence] of rows) expect(sentence).toMatch(/^[A-Z].{30,900}\.$/);
});

it('the notes for reviewers fit into the stores’ fields', () => {
  const [, long = '', short = ''] = read('reviewers.md').split('\n---\n');
  expect(lengthOf(long.trim())).toBeGreaterThan(1_000);
  expect(lengthOf(long.trim())).toBeLessThanOrEqual(3_000);
  expect(lengthOf(short.trim())).toBeGreaterThan(200);
  expect(lengthOf(short.trim())).toBeLessThanOrEqual(500);
});
