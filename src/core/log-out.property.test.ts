import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Cookie, shapeOf } from './cookie.ts';
import { logOut, type Result, readAccount } from './log-out.ts';
import type { Mode } from './order.ts';
import { isGood } from './outcome.ts';
import { begun, type LogOutRecord, withOutcome, withProgress, withRevocation } from './record.ts';
import type { Answer } from './reply.ts';
import { sessionsIn } from './session.ts';
import { json } from './testing/answers.ts';
import {
  bystanders,
  cookie,
  idOf,
  inFront,
  logIn,
  valuesOf,
  without,
  www,
} from './testing/cookies.ts';
import { cases, mostly } from './testing/fuzz.ts';
import { answers, replies, saysDead, saysYes } from './testing/replies.ts';
import { createWorld, orderIn, press, type Script, type World } from './testing/world.ts';

const digestOf = (value: string) => createHash('sha256').update(value).digest('hex');

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

/** The session ids of which the server said, truly or not, that they are over. */
const over = ({ said }: World) =>
  new Set(
    said
      .filter(({ by, answer }) => (by === 'exit' ? saysYes(answer) : saysDead(answer)))
      .map(({ id }) => id),
  );
const idsIn = (jar: readonly Cookie[]) => [...new Set(sessionsIn(jar).map(({ id }) => id))];

describe('whatever the servers answer', () => {
  const jars = fc.constantFrom(
    logIn('A'),
    logIn('A', inFront),
    logIn('A', www),
    without(logIn('A'), 'bili_jct'),
    [...logIn('A'), ...logIn('B', www)],
    [...logIn('A'), ...logIn('B', inFront)],
  );

  it('a good ending rests on the server’s word of each session, and without one nothing is removed', async () => {
    const scripts = fc.array(answers, { minLength: 8, maxLength: 8 });
    const worlds = fc.record({
      cookies: jars,
      exit: scripts,
      nav: scripts,
      isAmbient: fc.boolean(),
      sendsCookies: mostly(fc.constant(true), fc.constant(false)),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async (options) => {
        const world = createWorld({ ...options, alive: ['A', 'B'] });
        const { outcome } = await press(world);
        const ended = over(world);
        const ids = idsIn(options.cookies);
        if (isGood(outcome)) {
          const isYes = world.said.some(({ by, answer }) => by === 'exit' && saysYes(answer));
          expect(outcome.kind).toMatch(isYes ? /logged-out|session-expired/ : /session-expired/);
          expect(ids.filter((id) => !ended.has(id))).toEqual([]);
        }
        const left = sessionsIn(options.cookies).filter(({ id }) => !ended.has(id));
        const places = new Set(left.flatMap(({ shapes }) => [...shapes]));
        expect(world.removed.filter((one) => places.has(shapeOf(one)))).toEqual([]);
        if (left.length === ids.length) expect(world.jar).toEqual(options.cookies);
      }),
      cases(1_000),
    );
  });

  it('a yes is always taken for one', async () => {
    const truly = replies.filter(saysYes);
    await fc.assert(
      fc.asyncProperty(truly, async (answer) => {
        const world = createWorld({ cookies: logIn('A'), isAmbient: false, exit: [answer] });
        expect((await press(world)).outcome.kind).toBe('logged-out');
      }),
      cases(300),
    );
  });
});

/** Answers that may be wrong in any way but one: they never say that a living session is over. */
const faltering = {
  exit: fc.array(
    answers.filter((answer) => !saysYes(answer)),
    { maxLength: 5 },
  ),
  nav: fc.array(
    answers.filter((answer) => !saysDead(answer)),
    { maxLength: 5 },
  ),
};
/** The same where the server has ended the session all the same, and only its answer is wrong. */
const spoilt = fc
  .array(
    fc.tuple(
      answers.filter((answer) => !saysYes(answer)),
      fc.boolean(),
    ),
    { maxLength: 5 },
  )
  .map((some) => some.map(([answer, isDone]): Script => (isDone ? afterTruth(answer) : answer)));
const afterTruth = (answer: Answer) => (truth: () => Answer) => {
  truth();
  return answer;
};

const accountNames = [
  'SESSDATA',
  'bili_jct',
  'DedeUserID',
  'DedeUserID__ckMd5',
  'SESSDATA__ckMd5',
  'bili_jct__ckMd5',
];
const siteDomains = [
  '.bilibili.com',
  'bilibili.com',
  '.passport.bilibili.com',
  'passport.bilibili.com',
  'www.bilibili.com',
  '.api.bilibili.com',
];
const isOfAccount = ({ name, domain }: Cookie) =>
  accountNames.includes(name) && siteDomains.includes(domain);

const letters = fc.constantFrom('A', 'B', 'C', 'D');
const paths = fc.constantFrom('/', '/login', '/login/', '/login/exit/v2', '/log', '/x');
const partitions = mostly(
  fc.constant<Partial<Cookie>>({}),
  fc.constantFrom<Partial<Cookie>>(
    { partitionKey: { topLevelSite: 'https://a.test' } },
    { partitionKey: { topLevelSite: 'https://a.test', hasCrossSiteAncestor: true } },
    { partitionKey: { topLevelSite: 'https://b.test' } },
    { firstPartyDomain: 'bilibili.com' },
    { firstPartyDomain: 'biligame.com' },
  ),
);
const placesIn = (domains: fc.Arbitrary<string>) =>
  fc
    .tuple(domains, paths, partitions)
    .map(([domain, path, partition]): Partial<Cookie> => ({ domain, path, ...partition }));
const sitePlaces = placesIn(mostly(fc.constant('.bilibili.com'), fc.constantFrom(...siteDomains)));
const keyOf = (one: Cookie) => `${one.name} ${shapeOf(one)}`;
const jarOf = (cookies: readonly Cookie[]) => [
  ...new Map(cookies.map((one) => [keyOf(one), one])).values(),
];
const wholes = fc.tuple(letters, sitePlaces).map(([letter, place]) => logIn(letter, place));

describe('whatever the jar holds', () => {
  const names = mostly(
    fc.constantFrom('SESSDATA', ...accountNames),
    fc.oneof(
      fc.constantFrom('sid', 'buvid3', 'sessdata', 'SESSDATA_', 'xbili_jct', '__Host-SESSDATA'),
      fc.string(),
    ),
  );
  const domains = mostly(
    fc.constantFrom(...siteDomains),
    fc.constantFrom(
      '.notbilibili.com',
      'notbilibili.com',
      'bilibili.com.evil.test',
      '.bilibili.com.evil.test',
      'bilibili.co',
      '.biligame.com',
      'com',
    ),
  );
  const values = fc.oneof(letters, fc.constant(''));
  const single = fc.tuple(names, values, placesIn(domains)).map(([name, value, place]) => {
    const known = new Map(Object.entries(valuesOf(value)));
    return [cookie(name, value === '' ? '' : (known.get(name) ?? 'x'), place)];
  });
  const jars = fc
    .array(mostly(single, wholes), { maxLength: 8 })
    .map((groups) => jarOf(groups.flat()));

  const worlds = fc.record({
    cookies: jars,
    alive: fc.subarray(['A', 'B', 'C', 'D']),
    isAmbient: fc.boolean(),
    sendsCookies: mostly(fc.constant(true), fc.constant(false)),
    deletesCookies: fc.boolean(),
    checksToken: fc.boolean(),
    checksAccount: fc.boolean(),
    exit: mostly(fc.constant([]), faltering.exit),
    nav: mostly(fc.constant([]), faltering.nav),
  });

  it('nothing outside the account is removed, and no living session’s id', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (options) => {
        const world = createWorld(options);
        const { outcome, kept } = await press(world);
        expect(world.removed.filter((removed) => !isOfAccount(removed))).toEqual([]);
        expect(world.destroyed).toEqual([]);
        const living = idsIn(options.cookies).filter((id) => world.alive.has(id));
        expect(idsIn(world.jar)).toEqual(expect.arrayContaining(living));
        if (!isGood(outcome)) {
          expect(kept.length).toBeGreaterThanOrEqual(living.length);
          return;
        }
        expect(living).toEqual([]);
        expect(world.jar.filter(isOfAccount)).toEqual([]);
      }),
      cases(1_000),
    );
  });

  it('only this browser: all of the account is removed, nothing else, and nobody is asked', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (options) => {
        const world = createWorld(options);
        await press(world, 'local');
        expect(world.removed).toEqual(options.cookies.filter(isOfAccount));
        expect(world.jar).toEqual(options.cookies.filter((one) => !isOfAccount(one)));
        expect(world.said).toEqual([]);
      }),
      cases(500),
    );
  });

  it('the browser presents the first session, if it presents one by itself', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ cookies }) => {
        const [session] = sessionsIn(cookies);
        fc.pre(session?.sentByBrowser === true && session.token !== undefined);
        const world = createWorld({ cookies, alive: ['A', 'B', 'C', 'D'] });
        await press(world);
        expect(world.exits[0]?.cookieHeader).toBeUndefined();
        expect(world.said[0]).toMatchObject({ by: 'exit', id: session?.id });
      }),
      cases(500),
    );
  });
});

it('an honest server leaves nobody at a dead end: one press ends all log-ins, whatever lies beside them', async () => {
  const strays = fc
    .tuple(fc.constantFrom(...accountNames), sitePlaces)
    .map(([name, place]) => cookie(name, name === 'SESSDATA' ? idOf('Z') : 'stray', place));
  const worlds = fc.record({
    logIns: fc.array(wholes, { minLength: 1, maxLength: 4 }),
    strays: fc.array(strays, { maxLength: 6 }),
    alive: fc.subarray(['A', 'B', 'C', 'D']),
    isAmbient: fc.boolean(),
    sendsCookies: mostly(fc.constant(true), fc.constant(false)),
    deletesCookies: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(worlds, async ({ logIns, strays: others, ...options }) => {
      const taken = new Set(logIns.flat().map(shapeOf));
      const beside = others.filter((one) => !taken.has(shapeOf(one)));
      const world = createWorld({ ...options, cookies: jarOf([...logIns.flat(), ...beside]) });
      const ids = idsIn(world.jar);
      const { outcome, prove } = await press(world);
      expect(outcome.kind).toMatch(/^(logged-out|session-expired)$/);
      expect(world.jar).toEqual([]);
      expect(ids.filter((id) => world.alive.has(id))).toEqual([]);
      expect((await prove?.()) ?? 'proven').toBe('proven');
    }),
    cases(1_000),
  );
});

describe('whatever happens meanwhile', () => {
  const incidents = fc.constantFrom(
    'stop',
    'stop',
    'withdraw',
    'delete store',
    'forget A',
    'forget B',
    'log out A',
  );
  /** Somebody logs in as E, F or G. */
  const newcomers = fc.record({
    letter: fc.constantFrom('E', 'F', 'G'),
    place: mostly(fc.constant<Partial<Cookie>>({}), sitePlaces),
  });
  const happenings = fc.array(fc.record({ at: fc.nat(45), what: fc.oneof(incidents, newcomers) }), {
    maxLength: 4,
  });
  const jars = fc.constantFrom(
    logIn('A'),
    logIn('A', www),
    [...logIn('A'), ...logIn('B', www)],
    [...logIn('A'), ...logIn('B', inFront), cookie('DedeUserID', 'stray', { path: '/x' })],
    [...logIn('A'), ...without(logIn('B', inFront), 'bili_jct')],
  );
  const runs = fc.record({
    cookies: jars,
    alive: fc.constantFrom(['A'], ['A', 'B'], ['B']),
    isAmbient: mostly(fc.constant(true), fc.constant(false)),
    deletesCookies: mostly(fc.constant(true), fc.constant(false)),
    exit: mostly(fc.constant<readonly Script[]>([]), spoilt),
    nav: mostly(fc.constant([]), faltering.nav),
    happenings,
    mode: mostly(fc.constant<Mode>('server'), fc.constant<Mode>('local')),
  });

  it('what is told is true, and nobody is logged out who was not meant', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ happenings: planned, mode, ...options }) => {
        let moment = 0;
        /** All that ever lived. */
        const lived = new Set(options.alive.map(idOf));
        let loggedOutThere: string | undefined;
        const forget = (world: World, letter: string) => {
          world.jar = world.jar.filter(
            ({ value }) => !Object.values(valuesOf(letter)).includes(value),
          );
        };
        const happen = (world: World, what: (typeof planned)[number]['what']) => {
          if (typeof what !== 'string') {
            // No session id comes twice.
            if (!lived.has(idOf(what.letter)))
              world.logIn(what.letter, logIn(what.letter, what.place));
            lived.add(idOf(what.letter));
            return;
          }
          if (what === 'stop') world.stop();
          else if (what === 'withdraw') world.isGranted = false;
          else if (what === 'delete store') world.exists = false;
          else if (what === 'log out A') {
            if (world.alive.delete(idOf('A'))) loggedOutThere = idOf('A');
            forget(world, 'A');
          } else forget(world, what.slice(-1));
        };
        const world = createWorld({
          ...options,
          meanwhile(here) {
            moment += 1;
            for (const { at, what } of planned) if (at === moment) happen(here, what);
          },
        });
        const order = await orderIn(world, mode);
        const meant = idsIn(options.cookies);

        let result: Result | undefined;
        while (result === undefined) {
          const progress = world.reports.at(-1) ?? order.progress;
          const stopped = world.stopped().then(() => undefined);
          result = await Promise.race([logOut(world.needs, { ...order, progress }), stopped]);
        }
        const { outcome, kept, prove } = result;
        const revocation = await Promise.race([world.stopped(), prove?.()]);

        const living = meant.filter((id) => world.alive.has(id));
        if (mode === 'local') {
          expect(world.said).toEqual([]);
        } else {
          expect(world.destroyed.filter((id) => meant.includes(id))).toEqual([]);
          // What was asked for; a log-in may take that place a moment before it is done.
          const askedFor = world.removed.filter(({ name }) => name === 'SESSDATA');
          expect(askedFor.filter(({ value }) => !over(world).has(value))).toEqual([]);
          if (isGood(outcome)) expect(living).toEqual([]);
        }
        if (revocation === 'proven') expect(living).toEqual([]);
        // Nobody else is ended, unless their cookies are gone and nobody could do it later.
        const ended = [...lived].filter((id) => !world.alive.has(id) && id !== loggedOutThere);
        const foreign = ended.filter((id) => !meant.includes(id));
        const there = world.exists ? idsIn(world.jar) : [];
        expect(foreign.filter((id) => there.includes(id))).toEqual([]);
        const isSmooth =
          mode === 'server' &&
          options.exit.length + options.nav.length === 0 &&
          planned.every(({ what }) => typeof what !== 'string');
        if (isSmooth) expect(world.destroyed.filter((id) => world.alive.has(id))).toEqual([]);
        expect(world.removed.filter((one) => !isOfAccount(one))).toEqual([]);
        expect(new Set(kept).size).toBe(kept.length);
        if (outcome.kind === 'no-access') {
          const isYes = world.said.some(({ by, answer }) => by === 'exit' && saysYes(answer));
          if (outcome.reached === 'nothing-sent') expect(world.exits).toEqual([]);
          if (outcome.reached === 'accepted') expect(isYes).toBe(true);
        }
        expect(world.events.length).toBeLessThan(250);
      }),
      cases(1_000),
    );
  });
});

describe('whatever is repeated to us', () => {
  /** Long and random; an encoded comma tells raw and decoded apart. */
  const secret = fc
    .tuple(fc.uuid(), fc.uuid())
    .map(([a, b]) => `${a.replaceAll('-', '')}%2C${b.replaceAll('-', '')}*`);
  const logIns = fc
    .tuple(secret, secret, secret, secret, sitePlaces)
    .map(([id, token, uid, digest, place]) => [
      cookie('SESSDATA', id, place),
      cookie('bili_jct', token, place),
      cookie('DedeUserID', uid, place),
      cookie('DedeUserID__ckMd5', digest, place),
    ]);
  const codes = fc.constantFrom(0, -101, 2202, -412, 99);
  const statuses = fc.constantFrom(200, 200, 200, 400, 412, 429, 500);

  it('no record and no outcome holds a cookie’s value', async () => {
    const script = fc.record({
      code: codes,
      status: statuses,
      index: fc.nat(7),
      decoded: fc.boolean(),
    });
    const inputs = fc.record({
      cookies: fc.array(logIns, { minLength: 1, maxLength: 2 }).map((some) => jarOf(some.flat())),
      exit: fc.array(script, { maxLength: 3 }),
      nav: fc.array(script, { maxLength: 3 }),
      mode: fc.constantFrom<Mode>('server', 'server', 'server', 'local'),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ cookies, exit, nav, mode }) => {
        const secrets = cookies.map(({ value }) => value);
        const scripted = ({ code, status, index, decoded }: (typeof exit)[number]): Script => {
          const value = secrets[index] ?? '';
          const message = decoded ? decodeURIComponent(value) : value;
          const data = { redirectUrl: message, uname: message, [message]: message };
          return json({ code, message, [message]: message, data }, { status, retryAfter: message });
        };
        const { needs: plain } = createWorld({
          cookies: [...bystanders, ...cookies],
          exit: exit.map(scripted),
          nav: nav.map(scripted),
        });
        const needs = { ...plain, fingerprint: async (id: string) => digestOf(id) };
        const { sessions, found } = await readAccount(needs.jar, needs.fingerprint);
        const start = { id: 'id', storeId: '0', trigger: 'popup', mode, startedAt: 0 } as const;
        let record: LogOutRecord = begun({ ...start, sessions: [...sessions], found: [...found] });
        const written = [record];
        const { state } = record;
        if (state.phase !== 'working') throw new Error('a record begins at work');
        const order = { mode, sessions, found, progress: state.progress };
        const { outcome, prove, kept, dead } = await logOut(
          {
            ...needs,
            async report(progress) {
              record = withProgress(record, progress);
              written.push(record);
            },
          },
          order,
        );
        const end = { outcome, endedAt: 1, isProving: prove !== undefined, tasks: [], kept, dead };
        record = withOutcome(record, end);
        written.push(record);
        if (prove) written.push(withRevocation(record, await prove()));

        const text = JSON.stringify([written, outcome]);
        for (const value of [...secrets, ...secrets.map(decodeURIComponent)]) {
          expect(text).not.toContain(value);
        }
        expect(written.length).toBeGreaterThan(2);
      }),
      cases(500),
    );
  });
});
