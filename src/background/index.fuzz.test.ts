import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isGood } from '../core/outcome.ts';
import { type LogOutRecord, recordSchema, triggers } from '../core/record.ts';
import { inFront, logIn, without, www } from '../core/testing/cookies.ts';
import { anyText, anyValue, cases, mangled, mostly } from '../core/testing/fuzz.ts';
import { saysDead, saysYes } from '../core/testing/replies.ts';
import { recordOf, rulesStateOf } from '../core/testing/stored.ts';
import { createWire, damages } from '../core/testing/wire.ts';
import { createWorld, type World } from '../core/testing/world.ts';
import { isRequest, messages, requests } from '../protocol/any-message.ts';
import { callLimit, createBrowser, failures, type Stored } from './fake-browser.ts';

// The whole worker, in a browser that has stored anything, and is told anything.

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const printOf = (salt: string, id: string) =>
  createHash('sha256').update(`${salt} ${id}`).digest('hex');

interface Sent {
  readonly message: unknown;
  readonly sender: { readonly id?: string; readonly url?: string };
}

const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => {
  process.off('unhandledRejection', note);
  vi.useRealTimers();
});

interface Run {
  readonly world: World;
  readonly stored: Stored;
  readonly sent: readonly Sent[];
  readonly planned?: Parameters<typeof createWire>[1];
  readonly broken?: readonly string[];
  readonly events?: readonly string[];
}

/** Starts a worker, tells it things, and lets it come to rest. */
async function run({ world, stored, sent, planned = [], broken = [], events = [] }: Run) {
  unhandled.length = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const fake = createBrowser(world, stored, broken);
  const wire = createWire(world, planned);
  vi.resetModules();
  vi.doMock('../platform/browser.ts', () => ({ browser: fake.browser }));
  vi.doMock('../platform/fingerprint.ts', () => ({
    fingerprint: async (salt: string, id: string) => printOf(salt, id),
  }));
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('navigator', { onLine: true });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(wire.timeout);
  const hosts: string[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    hosts.push(new URL(url).host);
    return wire.fetch(url, init, fake.attachedTo(url));
  });
  await import('./index.ts');
  const responses = sent.map(({ message, sender }) => {
    const own: unknown[] = [];
    fake.fire('onMessage', message, sender, (response: unknown) => void own.push(response));
    return own;
  });
  for (const name of events) fake.fire(name, ...(name === 'onStateChanged' ? ['idle'] : [{}]));
  for (let count = 0; count < 3; count += 1) await vi.advanceTimersByTimeAsync(20_000);
  expect(fake.calls).toBeLessThan(callLimit);
  expect(unhandled).toEqual([]);
  expect(hosts.filter((host) => !/(^|\.)bili(bili|game)\.com$/.test(host))).toEqual([]);
  expect(responses.map((own) => own.length)).toEqual(sent.map(() => 1));
  return { areas: fake.areas, wire, responses: responses.flat() };
}

const page = { id: 'own', url: 'chrome-extension://own/src/popup/index.html' };
const strangers = fc.constantFrom<Sent['sender']>(
  { id: 'own', url: 'https://www.bilibili.com/' },
  { id: 'own' },
  { id: 'other', url: 'chrome-extension://other/src/popup/index.html' },
  { id: 'other', url: page.url },
  { id: 'own', url: 'chrome-extension://own.example/' },
  {},
);

const jars = fc.constantFrom(
  logIn('A'),
  logIn('A', www),
  [...logIn('A'), ...logIn('B', inFront)],
  without(logIn('A'), 'bili_jct'),
);
/** Things under other keys: of other versions, of whatever. */
const others = fc.dictionary(
  anyText.filter((key) => !/^(log-out:|rules$)/.test(key)),
  anyValue,
);

it('what is stored and cannot be understood, and what is asked by none of ours, starts nothing', async () => {
  const halved = recordOf('0').chain((record) =>
    fc.constantFrom(...(Object.keys(record) as (keyof LogOutRecord)[])).map((part) => {
      const { [part]: _, ...rest } = record;
      return part === 'batch' ? { ...rest, state: {} } : rest;
    }),
  );
  const settings = fc.record(
    { toolbarClick: anyValue, reloadTabs: anyValue, biligame: anyValue, siteData: anyValue },
    { requiredKeys: [] },
  );
  const sent = fc.oneof(
    fc.record({
      message: messages.filter((message) => !isRequest(message)),
      sender: fc.oneof(fc.constant(page), strangers),
    }),
    fc.record({ message: messages, sender: strangers }),
  );
  await fc.assert(
    fc.asyncProperty(
      jars,
      fc.record({ record: fc.oneof(halved, anyValue), rules: anyValue, settings, others }),
      fc.array(sent, { maxLength: 4 }),
      async (cookies, given, told) => {
        const world = createWorld({ cookies, alive: ['A', 'B'] });
        const stored: Stored = {
          session: { ...given.others, 'log-out:0': given.record },
          local: { ...given.others, rules: given.rules },
          sync: { ...given.others, ...given.settings },
          managed: given.settings,
        };
        const { areas, wire, responses } = await run({ world, stored, sent: told });
        for (const response of responses)
          expect(response).toMatchObject({ ok: false, refusal: expect.stringMatching(/^not-/) });
        expect(wire.told).toEqual([]);
        expect(world.removed).toEqual([]);
        expect(world.jar).toEqual(cookies);
        expect(areas.get('session')).toEqual(given.others);
        expect(areas.get('local')).toMatchObject(given.others);
        expect(areas.get('sync')).toEqual(stored.sync);
      },
    ),
    cases(15),
  );
});

it('whatever is stored, asked and answered, and whatever fails: no living session’s id is deleted', async () => {
  const ids = ['A', 'B'].map((letter) => logIn(letter)[0]?.value ?? '');
  const begun = fc.record({
    id: fc.constant('id'),
    ...{ storeId: fc.constant('0'), trigger: fc.constantFrom(...triggers) },
    ...{ mode: fc.constant('server'), startedAt: fc.nat() },
    sessions: fc.subarray(ids.map((id) => printOf('id', id))),
    found: fc.constant(['SESSDATA', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5']),
    state: fc.record({
      phase: fc.constant('working'),
      progress: fc.record({
        ...{ step: fc.constantFrom('revoke', 'clear'), asked: fc.boolean(), swept: fc.boolean() },
        ...{ ended: fc.constant([]), left: fc.constant(['SESSDATA']) },
      }),
    }),
  });
  const record = fc.oneof(
    fc.constant(undefined),
    begun,
    mangled(begun),
    recordOf('0').map((one) => ({ ...one, mode: 'server' })),
  );
  const minutes = fc.constantFrom(null, 0, 1, 15, 'x');
  const settings = fc.record(
    {
      ...{ logOutAfterLastTab: minutes, logOutWhenIdle: minutes, logOutAtStart: fc.boolean() },
      ...{ logOutWhenLocked: fc.boolean(), reloadTabs: fc.boolean(), siteData: fc.boolean() },
      biligame: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const sent = fc.record({
    message: fc.oneof(
      requests,
      messages,
      fc.constant({ type: 'log-out', storeId: '0', mode: 'server' }),
    ),
    sender: mostly(fc.constant(page), strangers),
  });
  const isLocal = ({ message }: Sent) => (message as { mode?: unknown } | null)?.mode === 'local';
  await fc.assert(
    fc.asyncProperty(
      fc.record({ cookies: jars, alive: fc.subarray(['A', 'B']), deletesCookies: fc.boolean() }),
      fc.record({ record, rules: mangled(rulesStateOf('0')), settings, others }),
      fc.array(
        sent.filter((one) => !isLocal(one)),
        { maxLength: 3 },
      ),
      damages,
      mostly(fc.constant([]), fc.subarray([...failures])),
      fc.subarray(['onStartup', 'onStateChanged', 'onAlarm', 'onAdded']),
      async (options, given, told, planned, broken, events) => {
        const world = createWorld(options);
        const stored: Stored = {
          session: { ...given.others, 'log-out:0': given.record },
          local: { ...given.others, rules: given.rules },
          sync: { ...given.others, ...given.settings },
        };
        const { areas, wire, responses } = await run({
          ...{ world, stored, sent: told, planned, broken, events },
        });
        const isOver = (id: string) =>
          wire.told.some(
            (one) =>
              one.id === id &&
              (one.by === 'exit'
                ? saysYes(one.answer)
                : one.isAboutIdAlone && saysDead(one.answer)),
          );
        expect(world.destroyed.filter((id) => !isOver(id))).toEqual([]);
        told.forEach(({ message, sender }, at) => {
          if (sender !== page) expect(responses[at]).toEqual({ ok: false, refusal: 'not-allowed' });
          else if (!isRequest(message))
            expect(responses[at]).toEqual({ ok: false, refusal: 'not-understood' });
          else expect(responses[at]).not.toMatchObject({ refusal: expect.stringMatching(/^not-/) });
        });
        expect(areas.get('local')).toMatchObject(given.others);
        expect(areas.get('sync')).toMatchObject(given.others);
        const left = areas.get('session')?.['log-out:0'];
        if (left === undefined || broken.length > 0) return;
        const { state, sessions, id: salt } = v.parse(recordSchema, left);
        if (state.phase !== 'ended') throw new Error('It came to no end.');
        const meant = ids.filter((id) => sessions.includes(printOf(salt, id)));
        if (isGood(state.outcome)) expect(meant.filter((id) => !isOver(id))).toEqual([]);
      },
    ),
    cases(30),
  );
});
