import fc from 'fast-check';
import { accountCookieNames } from '../cookie.ts';
import { followUpResults } from '../follow-ups.ts';
import { modes } from '../order.ts';
import {
  fates,
  fatesOf,
  type Outcome,
  reaches,
  remainReasons,
  revocations,
  unexpectedReasons,
} from '../outcome.ts';
import { type LogOutRecord, triggers } from '../record.ts';
import { type Done, type Due, type RulesState, rules } from '../rules.ts';

// What a browser may have stored, all of it well-formed.

const prints = fc.array(fc.string(), { maxLength: 3 });
const names = fc.subarray([...accountCookieNames]);
const time = fc.double({ noNaN: true, noDefaultInfinity: true });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const cookies = fc
  .array(fc.constantFrom(...fates), { minLength: 4, maxLength: 4 })
  .map((some) => Object.fromEntries(accountCookieNames.map((name, at) => [name, some[at]])))
  .map((some) => ({ ...fatesOf([], [], []), ...some }));
const detail = fc.record(
  { status: fc.integer(), code: fc.integer() },
  { requiredKeys: [] as never[] },
);
const failure = { cookies, othersEnded: fc.boolean() };
const kind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: kind('logged-out', 'already-logged-out', 'session-expired', 'removed-locally'),
    cookies,
  }),
  fc.record({ kind: kind('no-access'), reached: kind(...reaches) }),
  fc.record({ kind: kind('no-csrf-token', 'offline', 'timeout'), ...failure }),
  fc.record({ kind: kind('csrf-rejected', 'blocked', 'server-error'), ...failure, detail }),
  fc.record({
    ...{ kind: kind('rate-limited'), ...failure, detail },
    retryAfterSeconds: optional(fc.nat()),
  }),
  fc.record({
    ...{ kind: kind('unexpected-reply'), ...failure, detail },
    ...{ cookies: optional(cookies), reason: kind(...unexpectedReasons) },
  }),
  fc.record({
    ...{ kind: kind('cookies-remain'), cookies },
    ...{ reason: kind(...remainReasons), sessionEnded: fc.boolean() },
  }),
);

const followUp = optional(fc.constantFrom('working' as const, ...followUpResults));

const working = fc.record({
  phase: fc.constant('working' as const),
  progress: fc.record({
    ...{ step: kind('revoke', 'clear'), asked: fc.boolean(), swept: fc.boolean(), left: names },
    ended: fc.array(fc.record({ fingerprint: fc.string(), by: kind('yes', 'dead') }), {
      maxLength: 2,
    }),
  }),
});
const ended = fc.record(
  {
    ...{ phase: fc.constant('ended' as const), endedAt: time, outcome: outcomes },
    ...{ seen: fc.boolean(), kept: prints, dead: prints },
    revocation: fc.constantFrom('asking' as const, ...revocations),
    followUps: fc.record({ biligame: followUp, siteData: followUp }),
  },
  { requiredKeys: ['phase', 'endedAt', 'outcome', 'seen', 'kept', 'dead'] },
);

/** A record of a store. */
export const recordOf = (storeId: string): fc.Arbitrary<LogOutRecord> =>
  fc.record(
    {
      ...{ id: fc.string(), storeId: fc.constant(storeId), trigger: kind(...triggers) },
      ...{ mode: kind(...modes), startedAt: time, sessions: prints, found: names },
      state: fc.oneof(working, ended),
      batch: fc.string(),
    },
    {
      requiredKeys: [
        ...(['id', 'storeId', 'trigger', 'mode', 'startedAt', 'sessions', 'found'] as const),
        'state',
      ],
    },
  );

const common = { id: fc.string(), rule: kind(...rules), at: time };

/** A log-out that is due in one of some stores. */
export const dueIn = (...storeIds: string[]): fc.Arbitrary<Due> =>
  fc.record(
    {
      ...{ ...common, storeId: kind(...storeIds) },
      fired: fc.record(
        { at: time, sessions: prints, tries: fc.nat(), notBefore: time, isOffline: fc.boolean() },
        { requiredKeys: ['at', 'sessions', 'tries', 'notBefore'] },
      ),
    },
    { requiredKeys: ['id', 'rule', 'at', 'storeId'] },
  );

/** One that was done. */
export const doneIn = (...storeIds: string[]): fc.Arbitrary<Done> =>
  fc.record(
    {
      ...{ ...common, storeId: kind(...storeIds), outcome: outcomes },
      revocation: kind(...revocations),
    },
    { requiredKeys: ['id', 'rule', 'at', 'storeId', 'outcome'] },
  );

/** What the rules remember of some stores. */
export const rulesStateOf = (...storeIds: string[]): fc.Arbitrary<RulesState> =>
  fc.record({
    open: fc.subarray(storeIds),
    due: fc.array(dueIn(...storeIds), { maxLength: 3 }),
    done: fc.array(doneIn(...storeIds), { maxLength: 3 }),
    givenUp: fc.subarray(storeIds),
  });
