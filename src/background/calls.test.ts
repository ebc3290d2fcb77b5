import { describe, expect, it, vi } from 'vitest';
import { yes } from '../core/testing/answers.ts';
import { logIn } from '../core/testing/cookies.ts';

// How many calls of the browser a log-out costs: each takes about a millisecond, one after another.

type Listener = (...details: unknown[]) => unknown;

/** A browser with a session in its jar, which notes what it is asked. */
async function startWorker() {
  const calls: string[] = [];
  /** When a record with an outcome was stored, by the number of calls until then. */
  let callsUntilEnd: readonly string[] | undefined;
  let cookies = logIn('A');
  let answer: Listener = () => undefined;
  const unwanted: string[] = [];
  const event = (name = '') => ({
    addListener: vi.fn(),
    removeListener: vi.fn((listener: Listener) => {
      if (listener.name !== 'nobody') unwanted.push(name);
    }),
  });
  const noting = <Details extends unknown[], Result>(
    name: string,
    act: (...details: Details) => Result,
  ) => {
    return async (...details: Details) => {
      calls.push(name);
      return act(...details);
    };
  };
  const nothing = () => undefined;
  const area = (name: string) => ({
    get: noting(`${name}.get`, () => ({})),
    set: noting(`${name}.set`, nothing),
    remove: noting(`${name}.remove`, nothing),
    onChanged: event(),
  });
  const browser = {
    runtime: {
      id: 'own',
      getURL: (path: string) => `chrome-extension://own/${path}`,
      onMessage: { addListener: (listener: Listener) => (answer = listener) },
      onConnect: event(),
      onInstalled: event(),
      onStartup: event(),
    },
    extension: { inIncognitoContext: false },
    i18n: { getMessage: (key: string) => key },
    storage: {
      session: {
        ...area('session'),
        set: noting('session.set', (items: object) => {
          if (JSON.stringify(items).includes('"phase":"ended"')) callsUntilEnd ??= [...calls];
        }),
      },
      local: area('local'),
      sync: area('sync'),
      managed: area('managed'),
    },
    cookies: {
      getAll: noting('cookies.getAll', () => cookies),
      set: noting('cookies.set', nothing),
      onChanged: event(),
    },
    permissions: {
      contains: noting('permissions.contains', () => true),
      onAdded: event(),
      onRemoved: event(),
    },
    declarativeNetRequest: {
      getSessionRules: noting('getSessionRules', () => []),
      updateSessionRules: noting('updateSessionRules', nothing),
    },
    alarms: {
      create: noting('alarms.create', nothing),
      clear: noting('alarms.clear', nothing),
      onAlarm: event(),
    },
    action: Object.fromEntries(
      ['setBadgeText', 'setBadgeBackgroundColor', 'setTitle', 'setIcon'].map((name) => [
        name,
        noting(name, nothing),
      ]),
    ),
    tabs: {
      query: noting('tabs.query', () => []),
      ...Object.fromEntries(
        ['onRemoved', 'onUpdated', 'onReplaced', 'onCreated', 'onActivated'].map((name) => [
          name,
          event(name),
        ]),
      ),
    },
    idle: {
      onStateChanged: event('onStateChanged'),
      setDetectionInterval: noting('setDetectionInterval', nothing),
    },
    windows: { onRemoved: event(), onCreated: event() },
    commands: { onCommand: event() },
    contextMenus: { onClicked: event() },
  };
  vi.resetModules();
  vi.doMock('../platform/browser.ts', () => ({ browser }));
  vi.stubGlobal('addEventListener', vi.fn());
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async (url: string) => {
    calls.push(`fetch ${new URL(url).host}`);
    cookies = [];
    const { status, body, contentType } = yes;
    return new Response(body, { status, headers: { 'content-type': contentType } });
  });
  await import('./index.ts');
  // What its start costs is none of a log-out's.
  await vi.waitFor(() => expect(calls).toContain('setIcon'));
  calls.length = 0;
  const ask = (message: unknown) =>
    new Promise((resolve) => {
      answer(message, { id: 'own', url: 'chrome-extension://own/src/popup/index.html' }, resolve);
    });
  return { ask, calls, unwanted, callsUntilEnd: () => callsUntilEnd ?? [] };
}

describe('a log-out', () => {
  it('costs few calls of the browser: before its request, and until its outcome is stored', async () => {
    // What steps aside for a while would come in between where the machine is slow.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { ask, callsUntilEnd } = await startWorker();
    await ask({ type: 'log-out', storeId: '0', mode: 'server' });
    while (callsUntilEnd().length === 0) await new Promise(setImmediate);
    vi.useRealTimers();
    const untilEnd = callsUntilEnd();
    const asked = untilEnd.indexOf('fetch passport.bilibili.com');
    expect(untilEnd.filter((call) => call.startsWith('fetch'))).toHaveLength(1);
    // The settings are read meanwhile: nobody waits for them.
    const isWaitedFor = (call: string) => !['sync.get', 'managed.get'].includes(call);
    // The jar; access; the record, the header rule and the watchdog.
    expect(untilEnd.slice(0, asked).filter(isWaitedFor).sort()).toEqual([
      'alarms.create',
      'cookies.getAll',
      'permissions.contains',
      'session.set',
      'updateSessionRules',
    ]);
    // The jar twice, and each time whether an empty one can be believed; the outcome.
    expect(
      untilEnd
        .slice(asked + 1)
        .filter(isWaitedFor)
        .sort(),
    ).toEqual([
      'cookies.getAll',
      'cookies.getAll',
      'permissions.contains',
      'permissions.contains',
      'session.set',
    ]);
  });
});

it('with all rules off, a worker that wakes stores nothing, sets no alarm, and is not woken for them', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const { calls, unwanted } = await startWorker();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([...calls].sort()).toEqual(['local.get', 'managed.get', 'sync.get']);
  expect(new Set(unwanted)).toEqual(new Set(['onUpdated', 'onReplaced', 'onStateChanged']));
  vi.useRealTimers();
});
