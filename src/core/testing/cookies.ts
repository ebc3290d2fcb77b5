import type { AccountCookieName, Cookie } from '../cookie.ts';

/** A cookie of a domain: one with a leading dot is also for its subdomains. */
export function cookie(name: string, value: string, parts: Partial<Cookie> = {}): Cookie {
  const domain = parts.domain ?? '.bilibili.com';
  return {
    name,
    value,
    domain,
    hostOnly: !domain.startsWith('.'),
    path: '/',
    secure: false,
    storeId: '0',
    ...parts,
  };
}

/** The values of one log-in, told apart from others' by a letter. */
export function valuesOf(letter: string) {
  return {
    SESSDATA: `id-${letter}%2C1767268800%2Cend*`,
    bili_jct: `token-${letter}`,
    DedeUserID: `uid-${letter}`,
    DedeUserID__ckMd5: `md5-${letter}`,
  };
}

/** The four account cookies of one log-in, all of one shape. */
export function logIn(letter: string, parts: Partial<Cookie> = {}): Cookie[] {
  return Object.entries(valuesOf(letter)).map(([name, value]) => cookie(name, value, parts));
}

/** A log-in's session id: the value of its `SESSDATA`. */
export function idOf(letter: string): string {
  return valuesOf(letter).SESSDATA;
}

/** By what the fake world recognises a log-in. */
export function printOf(letter: string): string {
  return `print of id-${letter}`;
}

/** Places where a log-in hides from the exit endpoint. */
export const www: Partial<Cookie> = { domain: 'www.bilibili.com' };
export const embedded: Partial<Cookie> = {
  partitionKey: { topLevelSite: 'https://other.test' },
};
/** A place from which the endpoint receives cookies before those of the whole site. */
export const inFront: Partial<Cookie> = { path: '/login' };

export function without(cookies: readonly Cookie[], ...names: AccountCookieName[]): Cookie[] {
  return cookies.filter(({ name }) => !names.some((other) => other === name));
}

/** Cookies that no log-out may touch. */
export const bystanders = [
  cookie('sid', 'a1b2c3'),
  cookie('buvid3', 'device'),
  cookie('b_nut', '1'),
  cookie('SESSDATA', 'foreign', { domain: '.notbilibili.com' }),
  cookie('bili_jct', 'foreign', { domain: 'bilibili.com.evil.test' }),
  cookie('sessdata', 'lower case'),
];
