import type { Address } from './cookie.ts';

/**
 * Bilibili's web log-out: revokes the session of the cookies it is sent.
 * Source: SocialSisterYi/bilibili-API-collect, docs/login/exit.md.
 */
export const exitAddress: Address = { host: 'passport.bilibili.com', path: '/login/exit/v2' };

/**
 * Who is logged in, by the cookies it is sent.
 * Source: SocialSisterYi/bilibili-API-collect, docs/login/login_info.md.
 */
export const navAddress: Address = { host: 'api.bilibili.com', path: '/x/web-interface/nav' };

/** The form field of the exit request that repeats the cookie `bili_jct`. */
export const csrfField = 'biliCSRF';

/** The origin that the exit endpoint expects a log-out to come from. */
export const siteOrigin = 'https://www.bilibili.com';

/** How long one request may take, reply included, in milliseconds: well under a worker's 30 s. */
export const requestTimeout = 15_000;
