import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cookie, logIn } from '../core/testing/cookies.ts';
import { createEvent } from './testing/event.ts';

const cookies = vi.hoisted(() => ({
  getAll: vi.fn(),
  set: vi.fn(),
  remove: vi.fn(),
  onChanged: undefined as unknown as ReturnType<typeof createEvent>,
}));
vi.mock('./browser.ts', () => ({ browser: { cookies } }));

const partitioned = cookie('SESSDATA', 'p', { partitionKey: { topLevelSite: 'https://a.test' } });

/** A browser that knows these properties only, and lists partitioned cookies when asked for them. */
function browserThatKnows(...properties: string[]) {
  cookies.getAll.mockImplementation(async (details: object) => {
    await new Promise((resolve) => setImmediate(resolve));
    const known = ['domain', 'storeId', ...properties];
    const unknown = Object.keys(details).find((key) => !known.includes(key));
    if (unknown) throw new TypeError(`Unexpected property: '${unknown}'.`);
    return 'partitionKey' in details ? [...logIn('A'), partitioned] : logIn('A');
  });
}

let jar: typeof import('./jar.ts');
beforeEach(async () => {
  cookies.onChanged = createEvent();
  cookies.getAll.mockReset();
  cookies.set.mockReset();
  await startIn('firefox');
});

/** Starts anew in a browser of this kind. */
async function startIn(kind: 'firefox' | 'chromium') {
  vi.stubEnv('MODE', kind);
  vi.resetModules();
  jar = await import('./jar.ts');
}

describe('cookies are listed as broadly as the browser understands', () => {
  it.each<[string, 'firefox' | 'chromium', string[], boolean, number]>([
    ['Firefox', 'firefox', ['partitionKey', 'firstPartyDomain'], true, 1],
    ['Chromium', 'chromium', ['partitionKey'], true, 1],
    ['a Firefox without first parties', 'firefox', ['partitionKey'], true, 2],
    ['a browser without partitions', 'firefox', [], false, 3],
  ])('%s', async (_, kind, properties, isPartitioned, calls) => {
    await startIn(kind);
    browserThatKnows(...properties);
    const listed = await jar.listCookies('bilibili.com', '0');
    expect(listed.includes(partitioned)).toBe(isPartitioned);
    expect(cookies.getAll).toHaveBeenCalledTimes(calls);
    await jar.listCookies('bilibili.com', '0');
    // What it understands is known by now.
    expect(cookies.getAll).toHaveBeenCalledTimes(calls + 1);
  });

  it('also by several calls at once: none misses a partitioned cookie', async () => {
    browserThatKnows('partitionKey');
    const calls = Array.from({ length: 3 }, () => jar.listCookies('bilibili.com', '0'));
    for (const listed of await Promise.all(calls)) expect(listed).toContain(partitioned);
    expect(await jar.listCookies('bilibili.com', '0')).toContain(partitioned);
  });

  it('any other error is told, and changes nothing of what is asked later', async () => {
    browserThatKnows('partitionKey', 'firstPartyDomain');
    cookies.getAll.mockRejectedValueOnce(new Error('Invalid cookie store id: "7"'));
    await expect(jar.listCookies('bilibili.com', '7')).rejects.toThrow('Invalid cookie store');
    expect(await jar.listCookies('bilibili.com', '0')).toContain(partitioned);
  });
});

describe('a cookie store is there', () => {
  it.each<[string, string, unknown, boolean]>([
    ['the default one, unasked', 'firefox-default', new Error('cookie store'), true],
    ['a container', 'firefox-container-1', undefined, true],
    ['a container where cookies cannot be set', 'firefox-container-1', new Error('no'), true],
    [
      'not a container that was deleted',
      'firefox-container-1',
      new Error('Invalid cookie store id: "firefox-container-1"'),
      false,
    ],
  ])('%s', async (_, storeId, error, isThere) => {
    if (error) cookies.set.mockRejectedValue(error);
    expect(await jar.createJar('bilibili.com', storeId, false).exists()).toBe(isThere);
  });

  it('and is asked by a cookie that has expired', async () => {
    await jar.createJar('bilibili.com', 'firefox-container-1', false).exists();
    const { expirationDate } = cookies.set.mock.calls[0]?.[0] ?? {};
    expect(expirationDate * 1000).toBeLessThan(Date.now());
  });
});

it('a jar is followed: account cookies that are set in its store, until it is stopped', async () => {
  const { cookiesSet: set, stop } = jar.createJar('bilibili.com', '0', true).follow();
  const [first, second] = logIn('B');
  const tell = (one: unknown, removed = false) =>
    cookies.onChanged.fire({ cookie: one, removed, cause: 'explicit' });
  await tell(first);
  await tell(first);
  await tell(second, true);
  await tell({ ...second, storeId: '1' });
  await tell(cookie('buvid3', 'device'));
  await tell(cookie('SESSDATA', 'x', { domain: '.notbilibili.com' }));
  const [other] = logIn('C');
  await tell(other);
  stop();
  await tell(second);
  expect(set()).toEqual([first, other]);
});

it('a session id of the site that comes or goes is told with its store, and no other cookie', async () => {
  const told: unknown[] = [];
  jar.onSessionsChanged((...change) => told.push(change));
  const [id, token] = logIn('A', { storeId: '7' });
  const other = cookie('SESSDATA', 'x', { domain: '.biligame.com' });
  for (const removed of [false, true]) {
    for (const one of [id, token, other, cookie('SESSDATA', '')]) {
      await cookies.onChanged.fire({ cookie: one, removed, cause: 'explicit' });
    }
  }
  expect(told).toEqual([['7', id?.value], ['7']]);
});
