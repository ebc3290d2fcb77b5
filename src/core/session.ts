import {
  type AccountCookieName,
  belongsToAccount,
  type Cookie,
  cookiesSentTo,
  shapeOf,
} from './cookie.ts';
import { exitAddress } from './endpoint.ts';

/** A log-in as a jar holds it. Its values live in memory only. */
export interface Session {
  /** The session id: the value of `SESSDATA`. Whoever has it is logged in. */
  readonly id: string;
  /** The value of `bili_jct`, the CSRF token. */
  readonly token: string | undefined;
  /** The value of `DedeUserID`: the account's number. */
  readonly uid: string | undefined;
  /** The `Cookie` header that presents this session, and no other, to a server. */
  readonly cookieHeader: string;
  /** Whether a request to the exit endpoint presents this session, and no other, by itself. */
  readonly sentByBrowser: boolean;
  /** Whether its id is Secure: over plain HTTP nobody can have planted it. */
  readonly isSecure: boolean;
  /** Where its id stands in the jar (see `shapeOf`): the account cookies there are its own. */
  readonly shapes: ReadonlySet<string>;
}

/** Whether a cookie holds a session id; an empty one is none. */
export function isSessionId({ name, value }: Cookie): boolean {
  return name === 'SESSDATA' && value !== '';
}

/** The cookies of a jar that a log-out deals with. */
export function accountCookies(jar: readonly Cookie[]): Cookie[] {
  return jar.filter((cookie) => belongsToAccount(cookie));
}

/**
 * The distinct sessions that a jar holds. First comes the one that the exit endpoint would see;
 * the others' ids are hidden from it by their host, path or partition, and reach a server only in
 * an attached header.
 */
export function sessionsIn(jar: readonly Cookie[]): Session[] {
  const account = accountCookies(jar);
  const sent = cookiesSentTo(exitAddress, account);
  const ids = new Set([...sent, ...account].filter(isSessionId).map(({ value }) => value));
  return [...ids].map((id) => sessionOf(id, account, sent));
}

function sessionOf(id: string, account: readonly Cookie[], sent: readonly Cookie[]): Session {
  const isOurs = ({ name, value }: Cookie) => name === 'SESSDATA' && value === id;
  // Cookies that were set together share their shape. Another session's would make the server say
  // "dead" of a living one, or refuse the token.
  const places = [...sent, ...account].filter(isOurs).map(shapeOf);
  const own = places.flatMap((place) => account.filter((cookie) => shapeOf(cookie) === place));
  // What stands elsewhere is this session's only where the endpoint receives no other.
  const isOnlyOneSent =
    sent.some(isOurs) && sent.every((cookie) => !isSessionId(cookie) || isOurs(cookie));
  const candidates = isOnlyOneSent ? [...own, ...sent] : own;
  const firstOf = (wanted: AccountCookieName) =>
    candidates.find(({ name, value }) => name === wanted && value !== '')?.value;
  const values = {
    SESSDATA: id,
    bili_jct: firstOf('bili_jct'),
    DedeUserID: firstOf('DedeUserID'),
    DedeUserID__ckMd5: firstOf('DedeUserID__ckMd5'),
  };
  const known = new Map<string, string | undefined>(Object.entries(values));
  return {
    id,
    token: values.bili_jct,
    uid: values.DedeUserID,
    cookieHeader: Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    // Of two cookies of one name, which one the server takes is a guess.
    sentByBrowser:
      isOnlyOneSent &&
      sent.every(({ name, value }) => !known.has(name) || known.get(name) === value),
    isSecure: account.some((cookie) => isOurs(cookie) && cookie.secure),
    shapes: new Set(places),
  };
}
