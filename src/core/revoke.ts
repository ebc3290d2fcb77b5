import { type Cookie, cookiesSentTo } from './cookie.ts';
import { exitAddress } from './endpoint.ts';
import type { Outcome } from './outcome.ts';
import { askLiveness } from './prove.ts';
import { judgeExit, type Verdict } from './reply.ts';
import { isSessionId, sessionsIn } from './session.ts';
import type { KnownSession, Work } from './work.ts';

/** Why a session could not be ended: an outcome, as far as the request tells it. */
export type Failure = WithoutJar<Extract<Outcome, { othersEnded: boolean }>>;
type WithoutJar<T> = T extends unknown ? Omit<T, 'cookies' | 'othersEnded'> : never;

/** The server's word that a session has ended. */
interface SessionEnded {
  readonly kind: 'ended';
  readonly by: 'yes' | 'dead';
  readonly redirectUrl?: string;
}

/**
 * How many sessions one log-out asks about. A person has one or two; a hostile subdomain can plant
 * as many session ids as it likes, and keep us busy for ever.
 */
const sessionLimit = 10;

/** Failures that are about one session: the next one may fare better. */
const ownFailures: readonly Failure['kind'][] = [
  'no-csrf-token',
  'csrf-rejected',
  'unexpected-reply',
];

/**
 * Step one: ends, one after another, the sessions that were in the jar when the person asked.
 * @param cookies what is in it now.
 * @returns the first failure; nothing when all of them have ended.
 */
export async function revokeAll(
  work: Work,
  cookies: readonly Cookie[],
): Promise<Failure | undefined> {
  const { order, progress } = work;
  const sessions = await work.recognise(cookies);
  // Without its id the server cannot be asked whether a session has ended: by a former worker's
  // request, whose answer nobody saw, or by whatever took its cookies since the click.
  const isLost = order.sessions.some(
    (fingerprint) =>
      !work.hasEnded({ fingerprint }) && !sessions.some((one) => one.fingerprint === fingerprint),
  );
  const lost = progress.asked ? { ...sessionGone, reason: 'interrupted' as const } : sessionGone;
  for (const session of sessions.filter((one) => work.hasEnded(one))) {
    work.endedSessions.set(session.fingerprint, session);
  }
  const wanted = sessions
    .filter((session) => order.sessions.includes(session.fingerprint) && !work.hasEnded(session))
    // Beyond the limit stay those that can only be asked about, and those that are not Secure.
    .sort((a, b) => rankOf(a) - rankOf(b));
  let failure: Failure | undefined;
  for (const session of wanted.slice(0, sessionLimit)) {
    const result = await end(work, session);
    if (result.kind === 'ended') continue;
    failure ??= result;
    if (!ownFailures.includes(result.kind)) break;
  }
  const stays = failure && (await endWhatWent(work, wanted, failure));
  return isLost ? lost : stays;
}

function rankOf({ token, isSecure }: KnownSession): number {
  return (token === undefined ? 2 : 0) + (isSecure ? 0 : 1);
}

/**
 * After a failure: ends the sessions whose cookies have gone from the jar since, because another
 * log-in took their place, say. Their values are in our memory only, and nobody else can end them.
 * @returns what is left to be told: nothing if all have ended now.
 */
async function endWhatWent(
  work: Work,
  wanted: readonly KnownSession[],
  failure: Failure,
): Promise<Failure | undefined> {
  const inJar = new Set((await work.list()).filter(isSessionId).map(({ value }) => value));
  const open = wanted.filter((session) => !work.hasEnded(session));
  let isOneLost = false;
  for (const session of open.filter(({ id }) => !inJar.has(id)).slice(0, sessionLimit)) {
    const { kind } = await end(work, { ...session, sentByBrowser: false });
    isOneLost ||= kind !== 'ended';
  }
  if (isOneLost) return sessionGone;
  return open.some((session) => !work.hasEnded(session)) ? failure : undefined;
}

const sessionGone = { kind: 'unexpected-reply', reason: 'session-gone', detail: {} } as const;

/** Ends one session, and notes that it has ended. */
async function end(work: Work, session: KnownSession): Promise<SessionEnded | Failure> {
  const result = await revoke(work, session);
  if (result.kind !== 'ended') return result;
  const { fingerprint } = session;
  work.endedSessions.set(fingerprint, session);
  work.note({ ended: [...work.progress.ended, { fingerprint, by: result.by }] });
  work.redirectUrl ??= result.redirectUrl;
  return result;
}

/**
 * Ends the sessions that came while the log-out was under way and are gone again: the server's own
 * Set-Cookie, or our removal, has met a new log-in's cookies. Nobody else can end them any more.
 * In the mode `local` nothing is asked of the server, and they count as lost.
 * @returns those whose death is still to be proven, with an undefined for what is beyond the limit;
 *   and whether one could not be ended, and may live on without an id here.
 */
export async function revokeSwept(work: Work): Promise<{
  readonly toProve: readonly (KnownSession | undefined)[];
  readonly isOneLost: boolean;
}> {
  // Asked before the jar is read: what comes later is there, and not swept away.
  const set = work.cookiesSet();
  // What a stopped worker was about to end here went with its memory.
  let isOneLost = work.progress.swept;
  if (!set.some(isSessionId)) return { toProve: [], isOneLost };
  const inJar = new Set((await work.list()).filter(isSessionId).map(({ value }) => value));
  const came = (await Promise.all(logInsAmong(set).map(work.recognise))).flat();
  const swept = [...new Map(came.map((session) => [session.id, session])).values()].filter(
    (session) =>
      !inJar.has(session.id) &&
      !work.hasEnded(session) &&
      !work.order.sessions.includes(session.fingerprint),
  );
  if (swept.length === 0) return { toProve: [], isOneLost };
  if (work.order.mode === 'local') return { toProve: [], isOneLost: true };
  work.note({ swept: true });
  const asked = swept.slice(0, sessionLimit);
  for (const session of asked) {
    const result = await revoke(work, { ...session, sentByBrowser: false });
    isOneLost ||= result.kind !== 'ended';
  }
  return { isOneLost, toProve: asked.length < swept.length ? [...asked, undefined] : asked };
}

/** The cookies of each log-in among those that were set one after another: the id comes first. */
function logInsAmong(set: readonly Cookie[]): Cookie[][] {
  return set.flatMap((id, at) => {
    if (!isSessionId(id)) return [];
    const later = set.slice(at + 1);
    const next = later.findIndex(isSessionId);
    const own = next < 0 ? later : later.slice(0, next);
    const rest = [...own, ...set.slice(0, at).reverse()];
    return [[id, ...rest.filter((cookie) => !isSessionId(cookie))]];
  });
}

/**
 * Asks for the end of one session. The request is repeated once each after a lost connection
 * (logging out twice is harmless), with a token that changed meanwhile, and with the session's
 * cookies attached where it is in doubt whether the browser sent them, or those of a newer log-in.
 */
async function revoke(work: Work, session: KnownSession): Promise<SessionEnded | Failure> {
  const { server, jar } = work;
  let { token, cookieHeader } = session;
  if (token === undefined) {
    // Asking takes its time, too: all is written down before it.
    work.note({});
    await work.save();
    const isDead = (await askLiveness(server, session)) === 'dead';
    return isDead ? { kind: 'ended', by: 'dead' } : { kind: 'no-csrf-token' };
  }
  let isAttached = !jar.isAmbient || !session.sentByBrowser;
  const ask = async (): Promise<Verdict> => {
    if (!work.progress.asked) work.note({ asked: true });
    const saved = work.save();
    if (work.reached === 'nothing-sent') work.reached = 'asked';
    const asked = server.exit(token ?? '', isAttached ? cookieHeader : undefined, saved);
    const [answer] = await Promise.all([asked, saved]);
    const verdict = judgeExit(answer);
    if (verdict.kind === 'accepted') work.reached = 'accepted';
    return verdict;
  };
  const askTwice = async (): Promise<Verdict> => {
    const verdict = await ask();
    if (verdict.kind !== 'lost') return verdict;
    // Its reply may have taken the cookies all the same, or a newer log-in has: then the browser
    // would present nobody, or another session.
    isAttached ||= !sessionsIn(await work.list()).some(
      ({ id, sentByBrowser }) => id === session.id && sentByBrowser,
    );
    return ask();
  };

  let verdict = await askTwice();
  if (verdict.kind === 'csrf-rejected') {
    const fresh = sessionsIn(await work.list()).find(({ id }) => id === session.id);
    if (fresh?.token !== undefined && fresh.token !== token) {
      ({ token, cookieHeader } = fresh);
      isAttached ||= !fresh.sentByBrowser;
      verdict = await ask();
    }
  }
  for (;;) {
    const isYes = verdict.kind === 'accepted';
    const isDoubtful =
      // The token may be looked at before the session, and before there was one to look at.
      verdict.kind === 'csrf-rejected' ||
      verdict.kind === 'not-logged-in' ||
      verdict.kind === 'web-page' ||
      (isYes && !isAttached && (await mayBeAnothers(work, session)));
    if (!isDoubtful) return resultOf(verdict);
    const liveness = await askLiveness(server, session);
    if (liveness === 'dead') return { kind: 'ended', by: isYes ? 'yes' : 'dead' };
    if (isAttached) return resultOf(verdict, liveness);
    isAttached = true;
    verdict = await askTwice();
  }
}

/**
 * Whether a yes may be about something else than the session that was to be presented: about nobody,
 * if the browser sent no cookies and has them still, or about a log-in that came meanwhile.
 */
async function mayBeAnothers(work: Work, { id }: KnownSession): Promise<boolean> {
  const sent = cookiesSentTo(exitAddress, await work.list());
  // Asked after the jar: what replaced the session in it has been told by then.
  if (work.cookiesSet().some((cookie) => isSessionId(cookie) && cookie.value !== id)) return true;
  return sent.some((cookie) => isSessionId(cookie) && cookie.value === id);
}

function resultOf(verdict: Verdict, liveness?: 'alive' | 'unclear'): SessionEnded | Failure {
  switch (verdict.kind) {
    case 'accepted': {
      const { redirectUrl } = verdict;
      return { kind: 'ended', by: 'yes', ...(redirectUrl !== undefined && { redirectUrl }) };
    }
    case 'lost':
      return { kind: 'offline' };
    case 'web-page':
      return { kind: 'unexpected-reply', reason: 'web-page', detail: verdict.detail };
    case 'not-logged-in': {
      const reason = liveness === 'alive' ? 'still-alive' : 'unclear';
      return { kind: 'unexpected-reply', reason, detail: verdict.detail };
    }
    default:
      return verdict;
  }
}
