import { type AccountCookieName, belongsToAccount, type Cookie, cookiesSentTo } from './cookie.ts';
import { exitAddress } from './endpoint.ts';

/** A log-in as a jar holds it. Its values live in memory only. */
export interface Session {
  /** The value of `SESSDATA`: the handle on the session. */
  readonly handle: string;
  /** The value of `bili_jct`, the CSRF token. */
  readonly token: string | undefined;
  /** The value of `DedeUserID`: the account's number. */
  readonly uid: string | undefined;
  /** The `Cookie` header that presents this session to a server. */
  readonly cookieHeader: string;
  /** Whether a request to the exit endpoint presents this session by itself. */
  readonly sentByBrowser: boolean;
}

/** Whether a cookie of this name is the handle on a session: whoever has its value is logged in. */
export function isHandle(name: string): boolean {
  return name === 'SESSDATA';
}

/** The cookies of a jar that a log-out deals with. */
export function accountCookies(jar: readonly Cookie[]): Cookie[] {
  return jar.filter((cookie) => belongsToAccount(cookie));
}

/**
 * The distinct sessions that a jar holds. First comes the one that the exit endpoint would see;
 * the others' handles are hidden from it by their host, path or partition, and reach a server
 * only in an attached header.
 */
export function sessionsIn(jar: readonly Cookie[]): Session[] {
  const account = accountCookies(jar);
  const sent = cookiesSentTo(exitAddress, account);
  const sessions = new Map<string, Session>();
  for (const cookie of [...sent, ...account]) {
    // An empty value is a handle on nothing.
    if (!isHandle(cookie.name) || cookie.value === '' || sessions.has(cookie.value)) continue;
    sessions.set(cookie.value, presentedBy(cookie, account, sent));
  }
  return [...sessions.values()];
}

function presentedBy(handle: Cookie, account: readonly Cookie[], sent: readonly Cookie[]): Session {
  // Of several handles that are sent, which one the server takes is a guess.
  const handlesSent = sent.filter(({ name }) => isHandle(name));
  const sentByBrowser =
    handlesSent.includes(handle) && handlesSent.every(({ value }) => value === handle.value);
  // A hidden handle goes with the cookies of its own shape alone, which were set together with it:
  // another session's would make the server say "dead" of a living one.
  const candidates = sentByBrowser ? sent : account.filter((cookie) => sameShape(cookie, handle));
  const firstValue = (name: AccountCookieName): string | undefined =>
    candidates.find((cookie) => cookie.name === name)?.value || undefined;
  const values = {
    SESSDATA: handle.value,
    bili_jct: firstValue('bili_jct'),
    DedeUserID: firstValue('DedeUserID'),
    DedeUserID__ckMd5: firstValue('DedeUserID__ckMd5'),
  };
  return {
    handle: handle.value,
    token: values.bili_jct,
    uid: values.DedeUserID,
    cookieHeader: Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    sentByBrowser,
  };
}

function sameShape(a: Cookie, b: Cookie): boolean {
  return (
    a.domain === b.domain &&
    a.path === b.path &&
    a.partitionKey?.topLevelSite === b.partitionKey?.topLevelSite
  );
}
