/**
 * One cookie of a browser's jar, as the WebExtensions cookies API describes it.
 * Source: https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies/Cookie
 */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** With a leading dot when the cookie is also sent to subdomains. */
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly storeId: string;
  /** Present on partitioned (CHIPS) cookies only. */
  readonly partitionKey?: {
    readonly topLevelSite?: string;
    /** Whether a frame of another site stands between the cookie's page and the top. */
    readonly hasCrossSiteAncestor?: boolean;
  } | null;
  /** Firefox only; empty unless first-party isolation is on. */
  readonly firstPartyDomain?: string;
}

/** The cookies that make a log-in, and that must be gone after a log-out. */
export const accountCookieNames = [
  'SESSDATA',
  'bili_jct',
  'DedeUserID',
  'DedeUserID__ckMd5',
] as const;
export type AccountCookieName = (typeof accountCookieNames)[number];

/** Cookies that the server deletes together with the account cookies; they go when they are there. */
const companionNames: readonly string[] = ['SESSDATA__ckMd5', 'bili_jct__ckMd5'];

/** The registrable domain whose cookies this extension may touch. */
const site = 'bilibili.com';

/** Whether a host is `domain` itself or one of its subdomains; a look-alike is not. */
export function isWithin(host: string, domain: string): boolean {
  const name = host.replace(/^\./, '').toLowerCase();
  return name === domain || name.endsWith(`.${domain}`);
}

/** The account cookies by name: names may be stored and shown, values may not. */
export function namesIn(jar: readonly Cookie[]): AccountCookieName[] {
  return accountCookieNames.filter((name) => jar.some((cookie) => cookie.name === name));
}

function isAccountCookieName(name: string): name is AccountCookieName {
  return (accountCookieNames as readonly string[]).includes(name);
}

/** Whether a log-out may remove this cookie: one of the four or a companion, on the given site. */
export function belongsToAccount(cookie: Cookie, domain: string = site): boolean {
  return (
    (isAccountCookieName(cookie.name) || companionNames.includes(cookie.name)) &&
    isWithin(cookie.domain, domain)
  );
}

/**
 * Where a cookie lives: its host, path, partition and first party. Cookies that were set together
 * share it, so it tells which of them belong to one session.
 */
export function shapeOf({ domain, path, partitionKey, firstPartyDomain }: Cookie): string {
  const { topLevelSite = '', hasCrossSiteAncestor = false } = partitionKey ?? {};
  return JSON.stringify([
    domain,
    path,
    topLevelSite,
    topLevelSite !== '' && hasCrossSiteAncestor,
    firstPartyDomain ?? '',
  ]);
}

/**
 * A URL that a cookie may be set from, also to remove it. With `http:` a browser would leave it
 * alone where a Secure cookie of its name is near.
 * Source: RFC 6265bis, section 5.7, "leave secure cookies alone".
 */
export function addressOf({ domain, path }: Cookie): string {
  return `https://${domain.replace(/^\./, '')}${path}`;
}

/** An address split by hand: the core has no `URL`. */
export interface Address {
  readonly host: string;
  readonly path: string;
}

function pathMatches(cookiePath: string, requestPath: string): boolean {
  if (cookiePath === requestPath) return true;
  if (!requestPath.startsWith(cookiePath)) return false;
  return cookiePath.endsWith('/') || requestPath[cookiePath.length] === '/';
}

/**
 * The cookies that an unpartitioned HTTPS request to an address would carry, first one first:
 * longer paths before shorter ones, otherwise in the order given.
 * Source: RFC 6265, sections 5.1.3, 5.1.4 and 5.4.
 */
export function cookiesSentTo(address: Address, cookies: readonly Cookie[]): Cookie[] {
  return cookies
    .filter(
      (cookie) =>
        !cookie.partitionKey &&
        // Our requests have no first party, so under first-party isolation they carry no such cookie.
        !cookie.firstPartyDomain &&
        (cookie.hostOnly
          ? cookie.domain === address.host
          : isWithin(address.host, cookie.domain.replace(/^\./, ''))) &&
        pathMatches(cookie.path, address.path),
    )
    .sort((a, b) => b.path.length - a.path.length);
}
