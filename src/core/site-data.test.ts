import { expect, it, vi } from 'vitest';
import type { Cookie } from './cookie.ts';
import { clearSiteData } from './site-data.ts';
import { cookie, logIn } from './testing/cookies.ts';

const device = cookie('buvid3', 'device');
const theme = cookie('theme', 'dark', { domain: 'www.bilibili.com', hostOnly: true });

/** A jar, and what happens between two looks at it. */
function setUp(
  cookies: readonly Cookie[],
  meanwhile: (jar: Cookie[]) => void = () => undefined,
  isGranted = true,
) {
  let jar = [...cookies];
  const removeStored = vi.fn(async () => undefined);
  const parts = {
    isAmbient: true,
    list: async () => [...jar],
    async remove(gone: Cookie) {
      meanwhile(jar);
      jar = jar.filter((one) => one !== gone || gone.name === 'stays');
    },
    exists: async () => true,
    follow: () => ({ cookiesSet: () => [], stop: () => undefined }),
  };
  return {
    run: () => clearSiteData(parts, async () => isGranted, removeStored),
    removeStored,
    left: () => jar,
  };
}

it('all other cookies go, and what is stored', async () => {
  const { run, removeStored, left } = setUp([device, theme]);
  expect(await run()).toBe('done');
  expect(removeStored).toHaveBeenCalledOnce();
  expect(left()).toEqual([]);
});

it('nothing goes while somebody is logged in', async () => {
  const { run, removeStored, left } = setUp([device, ...logIn('A')]);
  expect(await run()).toBe('other-session');
  expect(removeStored).not.toHaveBeenCalled();
  expect(left()).toHaveLength(5);
});

it('what is stored stays for who logs in meanwhile, and so do their cookies', async () => {
  let isFirst = true;
  const { run, removeStored, left } = setUp([device], (jar) => {
    if (isFirst) jar.push(...logIn('B'));
    isFirst = false;
  });
  expect(await run()).toBe('other-session');
  expect(removeStored).not.toHaveBeenCalled();
  expect(left()).toEqual(logIn('B'));
});

it('a cookie that the browser keeps is told of, and one that a page sets anew is not', async () => {
  const kept = cookie('stays', '1');
  expect(await setUp([device, kept]).run()).toBe('cookies-remain');
  const anew = setUp([device], (jar) => jar.push({ ...device, value: 'new' }));
  expect(await anew.run()).toBe('done');
});

it('what cannot be removed is for the caller', async () => {
  const { run, removeStored } = setUp([device]);
  removeStored.mockRejectedValue(new Error('not for private windows'));
  await expect(run()).rejects.toThrow('not for private windows');
});

it('without access, where every jar looks empty, nothing is said to be gone', async () => {
  const { run, removeStored } = setUp([], undefined, false);
  expect(await run()).toBe('no-access');
  expect(removeStored).not.toHaveBeenCalled();
});
