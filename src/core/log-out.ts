import { type AccountCookieName, type Cookie, namesIn } from './cookie.ts';
import { fatesOf, type GoodKind, type Outcome, type Revocation, remaining } from './outcome.ts';
import {
  type Answer,
  judgeExit,
  judgeNav,
  type Liveness,
  type ReplyDetail,
  type Verdict,
} from './reply.ts';
import { accountCookies, isHandle, type Session, sessionsIn } from './session.ts';

/** The six things a log-out does, in order. */
export const steps = ['access', 'read', 'exit', 'judge', 'confirm', 'prove'] as const;
export type Step = (typeof steps)[number];

/** `server` revokes the session; `local` only clears this browser, because a person chose so. */
export const modes = ['server', 'local'] as const;
export type Mode = (typeof modes)[number];

/** The jar of one cookie store. */
export interface Jar {
  /** Every cookie of the site and its subdomains, partitioned ones included. */
  list(): Promise<Cookie[]>;
  /** Asks the browser to remove one cookie. Only reading again tells whether it did. */
  remove(cookie: Cookie): Promise<void>;
  /** Whether our own requests carry this store's cookies. */
  readonly isAmbient: boolean;
}

/** The two addresses that a log-out talks to. Neither call ever rejects. */
export interface Server {
  /**
   * Asks for the log-out.
   * @param cookieHeader the session to present; without it the request carries the browser's jar.
   */
  exit(token: string, cookieHeader?: string): Promise<Answer>;
  /** Asks who is logged in, presenting exactly one session. */
  nav(cookieHeader: string): Promise<Answer>;
}

/** How far a log-out has come: enough to end it truthfully after the worker was stopped. */
export type Progress =
  | { readonly step: 'access' }
  | {
      readonly step: 'read' | 'exit' | 'judge';
      readonly session: Session | undefined;
      readonly found: readonly AccountCookieName[];
    }
  | {
      readonly step: 'confirm';
      readonly session: Session | undefined;
      readonly found: readonly AccountCookieName[];
      readonly left: readonly AccountCookieName[];
      /** The ending that is reached when nothing of the account is left. */
      readonly ending: GoodKind;
    };

/** What a log-out needs of the world. */
export interface Needs {
  readonly access: { isGranted(): Promise<boolean> };
  readonly jar: Jar;
  readonly server: Server;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Is told of each step before it has any effect, and waited for. */
  report(progress: Progress): Promise<void>;
}

export interface Result {
  readonly outcome: Outcome;
  /** Another session than the one that ended, whose cookies were kept. */
  readonly kept?: Session | undefined;
  /** The session that was dealt with. */
  readonly session?: Session | undefined;
  /** The address that the server wants visited after its yes. Unchecked. */
  readonly redirectUrl?: string | undefined;
  /**
   * After a yes: asks whether the old session is dead. It holds the old cookies, and outlives the
   * outcome, which is shown before the proof arrives.
   */
  readonly prove?: () => Promise<Revocation>;
}

/** How long after an "alive" the second question waits, in milliseconds. */
const secondProofDelay = 3_000;

/** As much of a server's own message as is shown, in characters. */
const shownMessageLength = 120;

/**
 * Logs one cookie store out: access, read, exit, judge, confirm, and a `prove` to call afterwards.
 *
 * Never destroys the last handle on a live session: a handle is removed only after the server's
 * yes, after the server's word that the session is dead, or in the mode `local`.
 *
 * @throws only what `needs.access`, `needs.jar` and `needs.report` throw.
 */
export async function logOut(needs: Needs, mode: Mode): Promise<Result> {
  await needs.report({ step: 'access' });
  return withAccess(needs, (inner) => logOutWith(inner, mode));
}

/** Does the work as long as we may see the site. */
async function withAccess(
  needs: Needs,
  work: (inner: InnerNeeds) => Promise<Result>,
): Promise<Result> {
  if (!(await needs.access.isGranted())) return { outcome: { kind: 'no-access' } };
  try {
    return await work({ ...needs, account: watchAccount(needs) });
  } catch (error) {
    if (error instanceof AccessLost) return { outcome: { kind: 'no-access' } };
    throw error;
  }
}

/** Access was withdrawn in the middle: the jar cannot be confirmed any more. */
class AccessLost extends Error {}

/** @param wanted the handle that this is about, if it is not for the jar to say. */
async function logOutWith(needs: InnerNeeds, mode: Mode, wanted?: string): Promise<Result> {
  const before = await needs.account.list();
  const found = namesIn(before);
  const sessions = sessionsIn(before);
  const session = sessions.find(({ handle }) => handle === wanted) ?? sessions[0];
  await needs.report({ step: 'read', session, found });
  if (before.length === 0) {
    return { outcome: { kind: 'already-logged-out', cookies: fatesOf([], [], []) } };
  }
  if (mode === 'local') return clear(needs, { session, found, ending: 'removed-locally' });
  if (!session) return clear(needs, { session, found, ending: 'already-logged-out' });
  if (session.token === undefined) {
    return { outcome: { kind: 'no-csrf-token', cookies: fatesOf(found, found, found) } };
  }

  const { ruling, asked } = await askToExit(needs, session, found);
  switch (ruling.kind) {
    case 'accepted': {
      const cleared = await clear(needs, { session: asked, found, ending: 'logged-out' });
      return { ...withProof(needs, cleared, asked), redirectUrl: ruling.redirectUrl };
    }
    case 'dead':
      return clear(needs, { session: asked, found, ending: 'session-expired' });
    default: {
      const now = namesIn(await needs.account.list());
      return { outcome: failure(ruling, fatesOf(found, now, now), needs.account.values) };
    }
  }
}

/** The account's side of a jar, and every value that was seen in the jar: those are never shown. */
interface Account {
  list(): Promise<Cookie[]>;
  readonly values: ReadonlySet<string>;
}

type InnerNeeds = Needs & { readonly account: Account };

function watchAccount({ jar, access }: Needs): Account {
  const values = new Set<string>();
  return {
    values,
    async list() {
      const cookies = await jar.list();
      // A browser shows an empty jar to whom it forbids the site.
      if (cookies.length === 0 && !(await access.isGranted())) throw new AccessLost();
      for (const { value } of cookies) values.add(value);
      return accountCookies(cookies);
    },
  };
}

/** A log-out can be proved as long as its cookies are in memory. */
function withProof(needs: Needs, cleared: Result, session: Session | undefined): Result {
  if (cleared.outcome.kind !== 'logged-out') return cleared;
  return { ...cleared, prove: async () => (session ? prove(needs, session) : 'unknown') };
}

/** What is known of a log-out that the worker's death interrupted. */
export interface Interrupted {
  readonly mode: Mode;
  /** How far it had come, by what was written down: names, never values. */
  readonly progress:
    | { readonly step: 'access' }
    | { readonly step: 'read' | 'exit' | 'judge'; readonly found: readonly AccountCookieName[] }
    | Omit<Extract<Progress, { step: 'confirm' }>, 'session'>;
  /** Whether the log-out was about this session. */
  isAbout(session: Session): Promise<boolean>;
  /** Whether it was asked for so recently that the person still means it. */
  readonly isRecent: boolean;
}

/**
 * Brings an interrupted log-out to a truthful end. Before the server's answer was judged it starts
 * over while its session is still in the jar: logging out twice is harmless. After that it only
 * confirms. A session that came since is nobody's wish to end. Without the session's cookies the
 * server cannot be asked any more: a yes that was seen counts, a yes that nobody saw does not.
 *
 * @throws only what `needs.access`, `needs.jar` and `needs.report` throw.
 */
export async function resume(outer: Needs, interrupted: Interrupted): Promise<Result> {
  const { mode, progress } = interrupted;
  if (progress.step === 'access') {
    return interrupted.isRecent ? logOut(outer, mode) : { outcome: cutShort() };
  }
  return withAccess(outer, (needs) => resumeWith(needs, { ...interrupted, progress }));
}

async function resumeWith(
  needs: InnerNeeds,
  {
    mode,
    progress,
    isAbout,
  }: Interrupted & { progress: Exclude<Interrupted['progress'], { step: 'access' }> },
): Promise<Result> {
  const jar = await needs.account.list();
  const sessions = sessionsIn(jar);
  const session = await findSession(sessions, isAbout);

  const isJudged = progress.step === 'confirm';
  const isYesUnseen = !session && !isJudged && progress.found.includes('SESSDATA');
  const isForeign = mode === 'local' && sessions.some((other) => other !== session);
  if (isYesUnseen || isForeign) {
    return { outcome: cutShort(fatesOf(progress.found, namesIn(jar), namesIn(jar))) };
  }
  if (session && !isJudged) return logOutWith(needs, mode, session.handle);
  const ending = isJudged ? progress.ending : 'already-logged-out';
  const left = isJudged ? progress.left : [];
  const cleared = await clear(needs, { session, found: progress.found, left, ending });
  return withProof(needs, cleared, session);
}

async function findSession(
  sessions: readonly Session[],
  isWanted: (session: Session) => Promise<boolean>,
): Promise<Session | undefined> {
  for (const session of sessions) if (await isWanted(session)) return session;
  return undefined;
}

function cutShort(cookies?: ReturnType<typeof fatesOf>): Outcome {
  const reason = 'interrupted';
  return { kind: 'unexpected-reply', reason, detail: {}, ...(cookies && { cookies }) };
}

/** A verdict after the probe had its say: "not logged in" has become "dead" or a failure. */
type Ruling = Exclude<Verdict, { kind: 'not-logged-in' }> | { readonly kind: 'dead' };

/**
 * The request with its repetitions. Each is made once at most: after a lost connection (logging out
 * twice is harmless), with a token that changed meanwhile, and with the session's cookies attached
 * when the browser did not send them by itself.
 */
async function askToExit(
  needs: InnerNeeds,
  first: Session,
  found: readonly AccountCookieName[],
): Promise<{ ruling: Ruling; asked: Session }> {
  let asked = first;
  let isRefuted = false;
  const isAttached = () => isRefuted || !needs.jar.isAmbient || !asked.sentByBrowser;
  const ask = async (): Promise<Verdict> => {
    await needs.report({ step: 'exit', session: asked, found });
    const cookieHeader = isAttached() ? asked.cookieHeader : undefined;
    const answer = await needs.server.exit(asked.token ?? '', cookieHeader);
    await needs.report({ step: 'judge', session: asked, found });
    return judgeExit(answer);
  };

  let verdict = await ask();
  if (verdict.kind === 'lost') verdict = await ask();
  if (verdict.kind === 'csrf-rejected') {
    const [fresh] = sessionsIn(await needs.account.list());
    if (fresh?.token !== undefined && fresh.token !== asked.token && isSameAccount(fresh, asked)) {
      asked = fresh;
      verdict = await ask();
    }
  }
  let liveness: Liveness | undefined;
  // The browser may have sent no cookies at all: then a "not logged in" is nobody's, and so is a
  // yes that left the handle where it was.
  if (
    verdict.kind === 'not-logged-in' ||
    (verdict.kind === 'accepted' && (await isLeft(needs, asked)))
  ) {
    liveness = await probe(needs, asked);
    if (liveness === 'alive' && !isAttached()) {
      isRefuted = true;
      verdict = await ask();
      if (verdict.kind === 'not-logged-in') liveness = await probe(needs, asked);
    }
  }
  if (verdict.kind !== 'not-logged-in') return { ruling: verdict, asked };
  if (liveness === 'dead') return { ruling: { kind: 'dead' }, asked };
  const reason = liveness === 'alive' ? 'still-alive' : 'unclear';
  return { ruling: { kind: 'unexpected-reply', reason, detail: {} }, asked };
}

/** Whether the browser would still send the session that has just been asked about. */
async function isLeft(needs: InnerNeeds, asked: Session): Promise<boolean> {
  if (!needs.jar.isAmbient || !asked.sentByBrowser) return false;
  const sessions = sessionsIn(await needs.account.list());
  return sessions.some(({ handle }) => handle === asked.handle);
}

function isSameAccount(a: Session, b: Session): boolean {
  return a.handle === b.handle || (a.uid !== undefined && a.uid === b.uid);
}

async function probe(needs: Needs, session: Session): Promise<Liveness> {
  return judgeNav(await needs.server.nav(session.cookieHeader)).liveness;
}

interface Clearing {
  /** The session that has ended, whose handle may go. */
  readonly session: Session | undefined;
  readonly found: readonly AccountCookieName[];
  /** What a worker that was stopped had found left. */
  readonly left?: readonly AccountCookieName[];
  readonly ending: GoodKind;
}

/**
 * Confirms: removes what is left of the account in whatever shape, and reads the jar again. The
 * handle on another session goes only when the server says that it is dead (or a person chose to
 * clear this browser); otherwise nothing but dead handles is removed.
 */
async function clear(needs: InnerNeeds, clearing: Clearing): Promise<Result> {
  const { session, found, ending } = clearing;
  const sessionEnded = ending === 'logged-out' || ending === 'session-expired';
  const dead = new Set(session && [session.handle]);
  for (;;) {
    const left = [...(clearing.left ?? []), ...namesIn(await needs.account.list())];
    await needs.report({ step: 'confirm', session, found, left, ending });
    // Read anew after all that took time: a log-in may have come meanwhile.
    const leftovers = await needs.account.list();
    const other = sessionsIn(leftovers).find(({ handle }) => !dead.has(handle));
    if (other && ending !== 'removed-locally') {
      if ((await probe(needs, other)) === 'dead') {
        dead.add(other.handle);
        continue;
      }
      // A dead handle in front would hide the living session from the next log-out.
      const isDead = ({ name, value }: Cookie) => isHandle(name) && dead.has(value);
      await removeAll(needs, (await needs.account.list()).filter(isDead));
      const cookies = fatesOf(found, left, namesIn(await needs.account.list()));
      const reason = 'other-session';
      return { kept: other, outcome: { kind: 'cookies-remain', cookies, reason, sessionEnded } };
    }
    await removeAll(needs, leftovers);
    const jar = leftovers.length > 0 ? await needs.account.list() : [];
    // A log-in has come at the last moment: it is asked about like any other.
    const isNew = ({ handle }: Session) => !leftovers.some(({ value }) => value === handle);
    if (sessionsIn(jar).some(isNew)) continue;
    const cookies = fatesOf(found, left, namesIn(jar));
    if (remaining(cookies).length === 0) return { session, outcome: { kind: ending, cookies } };
    const reason = 'not-removable';
    return { outcome: { kind: 'cookies-remain', cookies, reason, sessionEnded } };
  }
}

async function removeAll(needs: Needs, cookies: readonly Cookie[]): Promise<void> {
  // What a removal says counts for nothing, an error included: the jar is read again.
  for (const cookie of cookies) await needs.jar.remove(cookie).catch(() => undefined);
}

async function prove(needs: Needs, session: Session): Promise<Revocation> {
  let liveness = await probe(needs, session);
  if (liveness === 'alive') {
    await needs.wait(secondProofDelay);
    liveness = await probe(needs, session);
    if (liveness === 'alive') return 'still-alive';
  }
  return liveness === 'dead' ? 'proven' : 'unknown';
}

function failure(
  ruling: Exclude<Ruling, { kind: 'accepted' | 'dead' }>,
  cookies: ReturnType<typeof fatesOf>,
  values: ReadonlySet<string>,
): Outcome {
  switch (ruling.kind) {
    case 'lost':
      return { kind: 'offline', cookies };
    case 'timeout':
      return { kind: 'timeout', cookies };
    default:
      return { ...ruling, cookies, detail: shownDetail(ruling.detail, values) };
  }
}

/** Shorter values are no secrets (a switch, a count), and would tear any text to pieces. */
const secretLength = 4;

/** What may be stored and shown: no cookie value that the server repeats, no control characters. */
function shownDetail(detail: ReplyDetail, values: ReadonlySet<string>): ReplyDetail {
  const { message = '', ...numbers } = detail;
  const secrets = [...values]
    .flatMap((value) => [value, decoded(value)])
    .filter((value) => value.length >= secretLength)
    // The longest first: a value may be part of another.
    .sort((a, b) => b.length - a.length);
  const clean = secrets
    .reduce((text, secret) => text.replace(literally(secret), '…'), message)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const shown = [...clean].slice(0, shownMessageLength).join('');
  return shown === '' ? numbers : { ...numbers, message: shown };
}

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi');
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
