import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languages, translatorTo } from './catalogues.ts';

const folders = readdirSync(new URL('../../public/_locales/', import.meta.url));

it('each folder is a language, English the first', () => {
  expect([...languages].sort()).toEqual(folders.sort());
  expect(languages[0]).toBe('en');
});

describe.each(languages)('in %s', (language) => {
  const t = translatorTo(language);

  it('a message is as a browser puts it together', () => {
    expect(t('lang')).toBe(language.replace('_', '-'));
    expect(t('uid', '7')).toBe('UID 7');
  });
});

it('there is no other language', () => {
  expect(() => translatorTo('xx')).toThrow('xx');
});
