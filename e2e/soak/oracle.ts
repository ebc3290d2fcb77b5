import type { Shown } from '../popup.ts';
import type { RecordedRequest, Session } from '../stand-in/index.ts';
import type { JarCookie, Traces } from './bench.ts';

// Judges what a person is told by what the server remembers and what the jar holds. It knows
// nothing of the extension's own source, so that a fault there is no fault here.

/** All that is known after a round. */
export interface Evidence extends Traces {
  /** What a popup shows that was opened after all came to rest. */
  readonly told: Told;
  /** All exchanges with the server since the round began. */
  readonly requests: readonly RecordedRequest[];
  /** Every session of the round. */
  readonly sessions: readonly Session[];
  /** What would not come to an end. */
  readonly unrest: readonly string[];
  /** What the person has done: "only this browser", and cookies cleared by hand, by value. */
  readonly localPressed: boolean;
  readonly clearedByHand: ReadonlySet<string>;
  /** Cookies of other sites and of nobody's account, as they were, and as they are. */
  readonly foreign: { readonly before: readonly string[]; readonly after: readonly string[] };
}

export type Told = Pick<Shown, 'view' | 'outcome' | 'revocation' | 'actions'>;

/** Something that is not as it is told, or must never be. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

const account = ['SESSDATA', 'bili_jct', 'DedeUserID'].flatMap((name) => [name, `${name}__ckMd5`]);

/** The account's cookies in a jar. */
export function accountCookiesIn(jar: readonly JarCookie[]): JarCookie[] {
  return jar.filter(({ name }) => account.includes(name));
}

/** Cookies that neither an extension can remove nor a server ever gets. */
export function isUnremovable({ path }: JarCookie): boolean {
  return /[?#]/.test(path);
}

/** The living sessions whose `SESSDATA` a jar holds. */
export function livingIn(jar: readonly JarCookie[], sessions: readonly Session[]): Session[] {
  return sessions.filter(
    ({ alive, sessdata }) => alive && jar.some((cookie) => isIdOf(cookie, sessdata)),
  );
}

/** Whether a jar holds all that an honest server needs to end a session, in one place. */
export function isComplete(jar: readonly JarCookie[], session: Session): boolean {
  return jar
    .filter((cookie) => isIdOf(cookie, session.sessdata))
    .some((id) => {
      const has = (name: string, value: string) =>
        jar.some((cookie) => {
          return cookie.name === name && cookie.value === value && isSamePlace(cookie, id);
        });
      return has('bili_jct', session.biliJct) && has('DedeUserID', session.uid);
    });
}

function isSamePlace(a: JarCookie, b: JarCookie): boolean {
  return a.domain === b.domain && a.path === b.path && a.partition === b.partition;
}

function isIdOf({ name, value }: JarCookie, sessdata: string): boolean {
  return name === 'SESSDATA' && value === sessdata;
}

/** Finds everything in a round that is false or must not be. */
export function judge(evidence: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const [rule, check] of Object.entries(rules)) {
    for (const detail of check(evidence)) found.push({ rule, detail });
  }
  return found;
}

/** Broken when something is still under way after the limit. */
export const restRule = 'it comes to rest';

const isGood = ({ view }: Told) => view === 'finished';

/** Each gives what breaks it. */
const rules: Record<string, (evidence: Evidence) => string[]> = {
  [restRule]: ({ unrest }) => [...unrest],

  'a good ending leaves no living session in the jar': ({ told, jar, sessions }) =>
    isGood(told) ? livingIn(jar, sessions).map(({ uid }) => `${told.outcome}: ${uid} lives`) : [],

  'a good ending leaves no account cookie in the jar': ({ told, jar }) =>
    isGood(told) ? accountCookiesIn(jar).map(describe) : [],

  'logged-out is told after a yes only': ({ told, requests }) =>
    told.outcome === 'logged-out' && !requests.some(saysYes) ? ['no reply was a yes'] : [],

  'proven is told after the server called that session dead, and it is': ({
    told,
    log,
    requests,
    sessions,
  }) => {
    if (told.revocation !== 'proven') return [];
    const before = log.filter((entry) => entry.kind === 'ended').at(-2)?.at ?? 0;
    // What an earlier log-out got is not what this one tells of.
    const own = requests.filter(({ at }) => performance.timeOrigin + at > before);
    const asked = sessions.filter((session) => own.some(isAbout(session, saysYes)));
    const called = (session: Session) => requests.some(isAbout(session, saysDead));
    if (!asked.some(called)) return ['no session that got a yes was called dead'];
    return asked
      .filter((session) => session.alive && !called(session))
      .map(({ uid }) => `${uid} lives`);
  },

  'no id of a living session is lost': ({ log, jar, sessions, requests, ...person }) =>
    sessions
      .filter(({ alive, sessdata }) => alive && !jar.some((cookie) => isIdOf(cookie, sessdata)))
      .filter(
        (session) =>
          wasRemovedByExtension('SESSDATA', session.sessdata, log, requests, person) &&
          !person.localPressed &&
          !person.clearedByHand.has(session.sessdata) &&
          !requests.some(isAbout(session, saysYes)) &&
          !requests.some(isAbout(session, saysDead)),
      )
      .map(({ uid }) => `${uid} lives, and nobody said otherwise`),

  'a living session keeps its token and account': ({ log, jar, sessions, requests, ...person }) =>
    livingIn(jar, sessions)
      .filter((session) => !requests.some(isAbout(session, saysDead)))
      .flatMap((session) => {
        // Another session may have the same account: what stood beside this one's id was its own.
        const home = jar.filter((cookie) => isIdOf(cookie, session.sessdata));
        const near = log.filter(
          (entry) =>
            entry.kind !== 'cookie' || home.some((cookie) => isSamePlace(cookie, entry.cookie)),
        );
        const own = [
          ['bili_jct', session.biliJct],
          ['DedeUserID', session.uid],
        ] as const;
        return own
          .filter(
            ([name, value]) =>
              !jar.some((cookie) => cookie.name === name && cookie.value === value) &&
              wasRemovedByExtension(name, value, near, requests, person) &&
              !person.localPressed &&
              !person.clearedByHand.has(value),
          )
          .map(([name]) => `${session.uid} has lost its ${name}`);
      }),

  'an ending is about the session that ended': ({ told, log, jar, sessions }) => {
    if (told.view !== 'finished' && told.view !== 'failed') return [];
    const end = log.findLastIndex(({ kind }) => kind === 'ended');
    const ids = (entries: typeof log) =>
      entries.flatMap((entry) =>
        entry.kind === 'cookie' && !entry.removed && entry.cookie.name === 'SESSDATA'
          ? [entry.cookie.value]
          : [],
      );
    const before = new Set(ids(log.slice(0, end)));
    // A failure may still be about a session that it has left there.
    const isLeft = jar.some(({ name, value }) => name === 'SESSDATA' && before.has(value));
    if (told.view === 'failed' && isLeft) return [];
    const later = ids(log.slice(end + 1)).filter((id) => !before.has(id));
    return sessions
      .filter(({ sessdata }) => later.includes(sessdata))
      .map(({ uid, alive }) => {
        const words = `${told.outcome} ${told.revocation ?? ''}`;
        return `${words} is still told after ${uid} logged in, who ${alive ? 'lives' : 'is dead'}`;
      });
  },

  'what is told of the jar is so': ({ told, jar, log }) => {
    const hasId = jar.some(({ name, value }) => name === 'SESSDATA' && value !== '');
    if (told.view === 'logged-out' && hasId) return ['told logged-out, with a SESSDATA there'];
    const hasReachableId = jar.some((cookie) => {
      return cookie.name === 'SESSDATA' && cookie.value !== '' && !isUnremovable(cookie);
    });
    // That such an id is dead is known as long as the log-out that left it is told of: until
    // somebody logs in.
    const end = log.findLastIndex(({ kind }) => kind === 'ended');
    const isForgotten = log
      .slice(end + 1)
      .some((entry) => entry.kind === 'cookie' && entry.cookie.name === 'SESSDATA');
    return told.view === 'logged-in' && !hasReachableId && !(hasId && isForgotten)
      ? [`told logged-in, with ${hasId ? 'none but one that cannot be sent' : 'no SESSDATA'}`]
      : [];
  },

  'a failure is told only of what happened': ({ told, requests }) => {
    const { outcome = '' } = told;
    const exits = requests.filter(({ route }) => route === 'exit');
    const happened = reasons[outcome];
    return happened && !exits.some(happened) ? [`${outcome}, but nothing of that kind was`] : [];
  },

  'cookies of nobody’s account stay': ({ foreign: { before, after } }) => [
    ...before.filter((cookie) => !after.includes(cookie)).map((cookie) => `gone: ${cookie}`),
    ...after.filter((cookie) => !before.includes(cookie)).map((cookie) => `new: ${cookie}`),
  ],

  'no cookie value is stored': ({ stored, sessions }) =>
    sessions.flatMap(({ sessdata, biliJct, ckMd5, uid }) =>
      [sessdata, decodeURIComponent(sessdata), biliJct, ckMd5, uid]
        .filter((value) => stored.includes(value))
        .map((value) => `stored: ${value}`),
    ),
};

function describe({ name, domain, path, partition }: JarCookie): string {
  return `${name} of ${domain}${path}${partition ? ` in ${partition}` : ''}`;
}

/** Whether the last copy went by the extension's hand, not by the server's or a later log-in's. */
function wasRemovedByExtension(
  name: string,
  value: string,
  log: Traces['log'],
  requests: readonly RecordedRequest[],
  { clearedByHand }: Pick<Evidence, 'clearedByHand'>,
): boolean {
  const changes = log
    .filter((entry) => entry.kind === 'cookie')
    .filter(({ cookie }) => cookie.name === name);
  const last = changes.findLast(({ cookie }) => cookie.value === value);
  if (!last?.removed) return false;
  if (last.cause !== 'expired_overwrite') return last.cause === 'explicit';
  // The server's way to delete, a person's here, and one of an extension's: the server did no more
  // than it has sent.
  const alike = changes.filter(({ removed, cause, cookie }) => {
    const isLikeLast = removed && cause === last.cause && isSamePlace(cookie, last.cookie);
    return isLikeLast && !clearedByHand.has(cookie.value);
  });
  const sent = requests.filter(({ reply }) =>
    reply?.cookies.some((line) => line.startsWith(`${name}=""`)),
  );
  const isWithinReach = last.cookie.path === '/' && last.cookie.partition === undefined;
  return !isWithinReach || alike.length > sent.length;
}

/** Whether a request presented this session and was answered so. */
function isAbout(session: Session, says: (request: RecordedRequest) => boolean) {
  return (request: RecordedRequest) => request.session === session && says(request);
}

function bodyOf({ reply }: RecordedRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(reply?.body ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function saysYes(request: RecordedRequest): boolean {
  const { route, reply } = request;
  if (route !== 'exit' || !reply?.isWhole || reply.status !== 200) return false;
  const { code, status = true } = bodyOf(request);
  return code === 0 && status === true;
}

function saysDead(request: RecordedRequest): boolean {
  const { route, reply } = request;
  if (route !== 'nav' || !reply?.isWhole || reply.status !== 200) return false;
  const { code, data } = bodyOf(request);
  const isLogin = (data as { isLogin?: unknown } | undefined)?.isLogin;
  return (code === -101 && isLogin !== true) || (code === 0 && isLogin === false);
}

const statusOf = ({ reply }: RecordedRequest) => reply?.status ?? 0;
const codeOf = (request: RecordedRequest) => Number(bodyOf(request)['code']);
const isCut = ({ reply }: RecordedRequest) => !reply?.isWhole;

/** What must have happened to an exit request for a failure to be true. */
const reasons: Readonly<Record<string, (request: RecordedRequest) => boolean>> = {
  offline: isCut,
  timeout: isCut,
  'csrf-rejected': (request) => Math.abs(codeOf(request)) === 2202,
  blocked: (request) =>
    [403, 412].includes(statusOf(request)) ||
    [-412, -352, -351].includes(codeOf(request)) ||
    request.reply?.body.includes('captcha') === true,
  'rate-limited': (request) => statusOf(request) === 429,
  'server-error': (request) => statusOf(request) >= 500,
  // Access is never withdrawn here.
  'no-access': () => false,
};
