import { beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => vi.resetModules());

async function setUp(inIncognitoContext: boolean, knowsWish = true) {
  const create = vi.fn(async (_name: string, info: object) => {
    if (!knowsWish && 'persistAcrossSessions' in info) throw new Error('Unexpected property.');
  });
  const browser = { alarms: { create }, extension: { inIncognitoContext } };
  vi.doMock('./browser.ts', () => ({ browser }));
  return { create, ...(await import('./alarms.ts')) };
}

it('an alarm of an ordinary window may outlive the browser', async () => {
  const { create, rulesAlarm } = await setUp(false);
  await rulesAlarm.set(5);
  expect(create.mock.calls).toEqual([['rules', { when: 5 }]]);
});

it('one of an incognito window does not, so that nothing of it is on disk', async () => {
  const { create, rulesAlarm, watchdog } = await setUp(true);
  await rulesAlarm.set(5);
  await watchdog.set();
  expect(create.mock.calls).toEqual([
    ['rules', { when: 5, persistAcrossSessions: false }],
    ['watchdog', { periodInMinutes: 0.5, persistAcrossSessions: false }],
  ]);
});

it('a browser that knows no such wish sets it all the same', async () => {
  const { create, rulesAlarm } = await setUp(true, false);
  await rulesAlarm.set(5);
  expect(create.mock.lastCall).toEqual(['rules', { when: 5 }]);
});
