import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Cookie } from './cookie.ts';
import { logOut, type Mode } from './log-out.ts';
import { isGood } from './outcome.ts';
import { advanced, begun, ended, type LogOutRecord, proved } from './record.ts';
import type { Answer } from './reply.ts';
import { sessionsIn } from './session.ts';
import { json, loginPage, lost, navAlive, navDead, timedOut, yes } from './testing/answers.ts';
import { bystanders, cookie, logIn, valuesOf } from './testing/cookies.ts';
import { createWorld, type Script } from './testing/world.ts';

const printOf = (value: string) => createHash('sha256').update(value).digest('hex');

// A slow machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

/** Mostly one thing, sometimes another. */
const mostly = <A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: rare, weight: 1 });

const number = fc.constantFrom<unknown>(
  0,
  0,
  -0,
  '0',
  '',
  false,
  null,
  [0],
  0.5,
  1,
  -101,
  '-101',
  2202,
  -412,
);
const flag = fc.constantFrom<unknown>(true, true, false, 'true', 1, 0, null, {});

/** Objects that almost say yes, or almost that a session is dead. */
const nearMiss = fc.record(
  {
    code: number,
    status: flag,
    message: fc.oneof(fc.string(), fc.constant(null)),
    data: fc.oneof(
      fc.record({ isLogin: flag, redirectUrl: fc.jsonValue() }, { requiredKeys: [] }),
      fc.jsonValue({ maxDepth: 1 }),
    ),
  },
  { requiredKeys: [] },
);

const body = fc.oneof(
  { arbitrary: nearMiss.map((value) => JSON.stringify(value)), weight: 5 },
  { arbitrary: nearMiss.map((value) => JSON.stringify([value])), weight: 1 },
  { arbitrary: fc.json(), weight: 1 },
  { arbitrary: fc.string(), weight: 1 },
  {
    arbitrary: fc
      .tuple(nearMiss, fc.nat(40))
      .map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
    weight: 1,
  },
  {
    arbitrary: fc.constantFrom(
      '{"code":1,"code":0}',
      '{"code":0,"code":1}',
      '{"code":0,"status":true,"status":false}',
      '{"__proto__":{"code":0}}',
      '\ufeff{"code":0}',
      ')]}\',\n{"code":0}',
      'callback({"code":0})',
      '{"code":0,"status":true}',
    ),
    weight: 1,
  },
);

const replies: fc.Arbitrary<Answer> = fc.record({
  kind: fc.constant('reply'),
  status: mostly(fc.constant(200), fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constant(201))),
  contentType: mostly(
    fc.constantFrom('application/json', 'application/json; charset=utf-8'),
    fc.oneof(
      fc.constantFrom(
        'text/html',
        'text/plain',
        'text/json',
        'application/jsonp',
        'application/xjson',
      ),
      fc.string(),
    ),
  ),
  retryAfter: fc.option(fc.string(), { nil: undefined }),
  body,
  complete: mostly(fc.constant(true), fc.constant(false)),
  receivedAt: fc.nat(),
});

const answers: fc.Arbitrary<Answer> = fc.oneof(
  { arbitrary: replies, weight: 8 },
  {
    arbitrary: fc.constantFrom<Answer>(
      yes,
      loginPage,
      navAlive,
      navDead,
      lost,
      timedOut,
      { kind: 'redirect' },
      { kind: 'unsent' },
    ),
    weight: 3,
  },
);

/** Reads a reply as JSON by its media type alone. */
function objectIn(answer: Answer | undefined): Record<string, unknown> | undefined {
  if (answer?.kind !== 'reply' || answer.status !== 200 || !answer.complete) return undefined;
  const [mediaType = ''] = answer.contentType.split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') return undefined;
  try {
    const parsed: unknown = JSON.parse(answer.body);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

function saysYes(answer: Answer | undefined): boolean {
  const { code, status } = objectIn(answer) ?? {};
  return typeof code === 'number' && code === 0 && (status === undefined || status === true);
}

function saysDead(answer: Answer | undefined): boolean {
  const { code, data } = objectIn(answer) ?? {};
  const isLogin = (data as { isLogin?: unknown } | null | undefined)?.isLogin;
  return (code === 0 && isLogin === false) || (code === -101 && isLogin !== true);
}

describe('whatever the servers answer', () => {
  const jars = fc.constantFrom(
    logIn('A'),
    logIn('A', { path: '/login' }),
    logIn('A', { domain: 'www.bilibili.com' }),
    [...logIn('A'), ...logIn('B', { domain: 'www.bilibili.com' })],
  );

  it('a good ending rests on the server’s own word, and without one nothing is removed', async () => {
    const scripts = fc.array(answers, { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        jars,
        scripts,
        scripts,
        fc.boolean(),
        async (cookies, exit, nav, isAmbient) => {
          const world = createWorld({ cookies, exit, nav, isAmbient });
          const { outcome } = await logOut(world.needs, 'server');
          if (isGood(outcome)) {
            expect(['logged-out', 'session-expired']).toContain(outcome.kind);
            if (outcome.kind === 'logged-out') expect(world.exitAnswers.at(-1)).toSatisfy(saysYes);
            else expect(world.navAnswers).toSatisfy((given: Answer[]) => given.some(saysDead));
            // Each further handle went only on a word of its own.
            const others = new Set(cookies.map(({ value }) => value)).has(valuesOf('B').SESSDATA);
            if (others) expect(world.navAnswers.at(-1)).toSatisfy(saysDead);
          } else {
            // Handles that the server's word made dead, where another session is kept.
            const ended = outcome.kind === 'cookies-remain' && outcome.sessionEnded;
            const words = [
              ...world.exitAnswers.slice(-1).map((answer) => ended && saysYes(answer)),
              ...world.navAnswers.map(saysDead),
            ];
            expect(new Set(world.removed.map(({ value }) => value)).size).toBeLessThanOrEqual(
              words.filter(Boolean).length,
            );
            expect(world.removed.filter(({ name }) => name !== 'SESSDATA')).toEqual([]);
            expect(world.jar).toEqual(cookies.filter((one) => !world.removed.includes(one)));
            if (world.removed.length > 0)
              expect(outcome).toMatchObject({ reason: 'other-session' });
          }
        },
      ),
      { numRuns: 4_000 },
    );
  });

  it('a yes is always taken for one', async () => {
    const truly = replies.filter(saysYes);
    await fc.assert(
      fc.asyncProperty(truly, async (answer) => {
        const world = createWorld({ cookies: logIn('A'), exit: [answer] });
        const { outcome } = await logOut(world.needs, 'server');
        expect(outcome.kind).toBe('logged-out');
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever the jar holds', () => {
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
  const paths = fc.constantFrom('/', '/login', '/login/', '/login/exit/v2', '/log', '/x');
  const letters = fc.constantFrom('A', 'B', 'C', 'D');
  const values = fc.oneof(letters, fc.constant(''));
  const partitions = mostly(
    fc.constant({}),
    fc.constantFrom('https://a.test', 'https://b.test').map((topLevelSite) => ({
      partitionKey: { topLevelSite },
    })),
  );
  const shapes = fc
    .tuple(domains, paths, partitions)
    .map(([domain, path, partition]): Partial<Cookie> => ({ domain, path, ...partition }));
  const single = fc.tuple(names, values, shapes).map(([name, value, shape]) => {
    const known = new Map(Object.entries(valuesOf(value)));
    return [cookie(name, value === '' ? '' : (known.get(name) ?? 'x'), shape)];
  });
  const whole = fc.tuple(letters, shapes).map(([letter, shape]) => logIn(letter, shape));
  const keyOf = ({ name, domain, path, partitionKey }: Cookie) =>
    JSON.stringify([name, domain, path, partitionKey]);
  const jars = fc
    .array(mostly(single, whole), { maxLength: 8 })
    .map((groups) => [...new Map(groups.flat().map((one) => [keyOf(one), one])).values()]);

  const isOfAccount = ({ name, domain }: Cookie) =>
    accountNames.includes(name) && siteDomains.includes(domain);

  const worlds = fc.record({
    cookies: jars,
    alive: fc.subarray(['A', 'B', 'C', 'D']),
    isAmbient: fc.boolean(),
    sendsCookies: mostly(fc.constant(true), fc.constant(false)),
    deletesCookies: fc.boolean(),
    checksToken: fc.boolean(),
    exit: fc.oneof(fc.constant([]), fc.array(answers.filter((answer) => !saysYes(answer)))),
  });

  it('nothing outside the account is removed, and no handle on a live session', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (options) => {
        const world = createWorld(options);
        const { outcome } = await logOut(world.needs, 'server');
        expect(world.removed.filter((removed) => !isOfAccount(removed))).toEqual([]);
        expect(world.destroyed).toEqual([]);
        if (isGood(outcome)) expect(world.jar.filter(isOfAccount)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('only this browser: all of the account is removed, nothing else, and nobody is asked', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (options) => {
        const world = createWorld(options);
        await logOut(world.needs, 'local');
        expect(world.removed).toEqual(options.cookies.filter(isOfAccount));
        expect(world.jar).toEqual(options.cookies.filter((one) => !isOfAccount(one)));
        expect([...world.exits, ...world.navs]).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('the browser presents the first session, if it presents one', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ cookies }) => {
        const [session] = sessionsIn(cookies);
        fc.pre(session?.sentByBrowser === true && session.token !== undefined);
        const world = createWorld({ cookies, alive: ['A', 'B', 'C', 'D'], checksToken: false });
        await logOut(world.needs, 'server');
        expect(world.alive.has(session?.handle ?? '')).toBe(false);
        expect(world.alive.size).toBe(3);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('whatever is repeated to us', () => {
  /** Long and random; an encoded comma tells raw and decoded apart. */
  const secret = fc
    .tuple(fc.uuid(), fc.uuid())
    .map(([a, b]) => `${a.replaceAll('-', '')}%2C${b.replaceAll('-', '')}*`);
  const jars = fc
    .tuple(secret, secret, secret, secret)
    .map(([handle, token, uid, digest]) => [
      cookie('SESSDATA', handle),
      cookie('bili_jct', token),
      cookie('DedeUserID', uid),
      cookie('DedeUserID__ckMd5', digest),
    ]);
  const codes = fc.constantFrom(0, -101, 2202, -412, 99);
  const statuses = fc.constantFrom(200, 200, 200, 400, 412, 429, 500);
  /** Messages around the values: raw, decoded, doubled, beside noise, near the place of the cut. */
  const piece = fc.oneof(
    fc.record({ index: fc.nat(3), decoded: fc.boolean() }),
    fc.string({ maxLength: 100 }),
  );
  const messages = fc.array(piece, { maxLength: 5 });

  it('no record and no outcome holds a cookie’s value', async () => {
    const script = fc.record({ code: codes, status: statuses, pieces: messages });
    const inputs = fc.record({
      cookies: jars,
      exit: fc.array(script, { maxLength: 3 }),
      nav: fc.array(script, { maxLength: 3 }),
      mode: fc.constantFrom<Mode>('server', 'server', 'server', 'local'),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ cookies, exit, nav, mode }) => {
        const secrets = cookies.map(({ value }) => value);
        const scripted = ({ code, status, pieces }: (typeof exit)[number]): Script => {
          const message = pieces
            .map((part) => {
              if (typeof part === 'string') return part;
              const value = secrets[part.index] ?? '';
              return part.decoded ? decodeURIComponent(value) : value;
            })
            .join('');
          return json({ code, message, data: { redirectUrl: message } }, { status });
        };
        const { needs } = createWorld({
          cookies: [...bystanders, ...cookies],
          exit: exit.map(scripted),
          nav: nav.map(scripted),
        });
        let record: LogOutRecord = begun({
          id: 'id',
          storeId: '0',
          trigger: 'popup',
          mode,
          startedAt: 0,
        });
        const written = [record];
        const { outcome, prove, kept } = await logOut(
          {
            ...needs,
            async report(progress) {
              const handle = 'session' in progress ? progress.session?.handle : undefined;
              record = advanced(record, progress, handle && printOf(handle));
              written.push(record);
            },
          },
          mode,
        );
        record = ended(
          record,
          { outcome, endedAt: 1, isProving: prove !== undefined, tasks: [] },
          kept && printOf(kept.handle),
        );
        written.push(record);
        if (prove) written.push(proved(record, await prove()));

        const text = JSON.stringify([written, outcome]);
        for (const value of [...secrets, ...secrets.map(decodeURIComponent)]) {
          expect(text).not.toContain(value);
        }
        expect(written.length).toBeGreaterThan(3);
      }),
      { numRuns: 1_000 },
    );
  });
});
