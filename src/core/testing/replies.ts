import fc from 'fast-check';
import type { Answer } from '../reply.ts';
import { loginPage, lost, navAlive, navDead, timedOut, yes } from './answers.ts';
import { anyJson, anyText, mostly } from './fuzz.ts';

const often = <T>(values: readonly T[], weight: number) => ({
  arbitrary: fc.constantFrom<unknown>(...values),
  weight,
});
const seldom = { arbitrary: anyJson, weight: 1 };
const code = fc.oneof(
  often([0], 4),
  often([-101], 2),
  often(['0', '', false, null, [0], 0.5, 1, -0, 5e-324, 1e300], 4),
  often(['-101', -101.5, -102, 2202, -2202, -412, -352], 2),
  seldom,
);
const flag = fc.oneof(
  often([true], 3),
  often([false], 2),
  often(['true', 1, 0, null, {}], 2),
  seldom,
);
const face = fc.constantFrom(
  'https://i0.hdslb.com/a.jpg',
  'https://i0.hdslb.com@evil.example/',
  'https://i0.hdslb.com.evil.example/',
  'http://i0.hdslb.com/',
);

/** Objects that almost say yes, or almost that a session is dead. */
const nearMiss = fc.record(
  {
    code,
    status: flag,
    message: fc.oneof(anyText, fc.constant(null)),
    data: fc.oneof(
      fc.record(
        {
          isLogin: flag,
          redirectUrl: fc.oneof(anyText, anyJson),
          uname: fc.oneof(
            anyText,
            fc.constantFrom<unknown>('某人', '\u200b', '\u3164 ', '👩\u200d🚀'),
            anyJson,
          ),
          face: fc.oneof(face, anyText, anyJson),
        },
        { requiredKeys: [] },
      ),
      anyJson,
    ),
  },
  { requiredKeys: [] },
);

/** Bodies of replies. */
export const bodies = fc.oneof(
  { arbitrary: nearMiss.map((value) => JSON.stringify(value)), weight: 10 },
  { arbitrary: nearMiss.map((value) => JSON.stringify([value])), weight: 1 },
  { arbitrary: anyJson.map((value) => JSON.stringify(value)), weight: 1 },
  { arbitrary: anyText, weight: 1 },
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
      '{"\\u0063ode":0}',
      '{"c\\u043ede":0}',
      '{"Code":0}',
      '{"code\u0000":0}',
      '{"code":-0.0e9}',
      '{"code":00}',
      '{"code":0x0}',
      '{"code":+0}',
      '{"code":NaN}',
      '{"code":1e999}',
      '{"code":-1.01e2}',
      '{"code":-101,"data":[]}',
      '{"code":0,}',
      "{'code':0}",
      '{"code":0}//',
      '{"code":0}\u0000',
      '\ufeff{"code":0}',
      ')]}\',\n{"code":0}',
      'callback({"code":0})',
      '{"code":0,"status":true}',
      '['.repeat(100_000),
      `${'{"data":'.repeat(5_000)}{"code":0}${'}'.repeat(5_000)}`,
    ),
    weight: 1,
  },
);

export const contentTypes = mostly(
  fc.constantFrom('application/json', 'application/json; charset=utf-8'),
  fc.oneof(
    fc.constantFrom('text/html', 'text/plain', 'text/json', ''),
    fc.constantFrom('application/jsonp', 'application/xjson', 'application/json-seq'),
    fc.constantFrom('application/json, text/html', 'text/html; application/json'),
    anyText,
  ),
);

export const statuses = mostly(
  fc.constant(200),
  fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(201, 203, 403, 412, 429)),
);

export const retryAfters = fc.oneof(
  fc.constantFrom('0', '120', '-1', '1e3', '99999999999', ' 5 ', '٣', '1.5', 'NaN'),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  anyText,
);

export const replies: fc.Arbitrary<Answer> = fc.record({
  kind: fc.constant('reply'),
  status: statuses,
  contentType: contentTypes,
  retryAfter: fc.option(retryAfters, { nil: undefined }),
  body: bodies,
  complete: mostly(fc.constant(true), fc.constant(false)),
  receivedAt: fc.nat(),
});

export const answers: fc.Arbitrary<Answer> = fc.oneof(
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

/** Reads a reply as JSON by its media type alone, whatever its status. */
export function objectIn(answer: Answer | undefined): Record<string, unknown> | undefined {
  if (answer?.kind !== 'reply' || !answer.complete) return undefined;
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

function good(answer: Answer | undefined): Record<string, unknown> | undefined {
  return answer?.kind === 'reply' && answer.status === 200 ? objectIn(answer) : undefined;
}

/** What a reply says of who is logged in. */
function isLoginIn(answer: Answer | undefined): unknown {
  const data = good(answer)?.['data'];
  return (data as { isLogin?: unknown } | null | undefined)?.isLogin;
}

/** Written apart from the core's: whether an answer of the exit endpoint is a yes. */
export function saysYes(answer: Answer | undefined): boolean {
  const { code, status } = good(answer) ?? {};
  return typeof code === 'number' && code === 0 && (status === undefined || status === true);
}

/** Likewise, whether one of the nav address calls its session dead, and nothing in it is odd. */
export function saysDead(answer: Answer | undefined): boolean {
  const { code, data = null } = good(answer) ?? {};
  const isLogin = isLoginIn(answer);
  if (code === 0) return isLogin === false;
  return (
    code === -101 && typeof data === 'object' && [undefined, false].includes(isLogin as undefined)
  );
}

/** Likewise, whether it calls its session alive. */
export function saysAlive(answer: Answer | undefined): boolean {
  return good(answer)?.['code'] === 0 && isLoginIn(answer) === true;
}
