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

/** The hosts on which people use the site. Browsers remove stored data by exact hosts only. */
export const siteHosts = [
  ...['bilibili.com', 'www.bilibili.com', 'm.bilibili.com', 'passport.bilibili.com'],
  ...['account.bilibili.com', 'space.bilibili.com', 'message.bilibili.com', 'api.bilibili.com'],
  ...['t.bilibili.com', 'live.bilibili.com', 'link.bilibili.com', 'search.bilibili.com'],
  ...['member.bilibili.com', 'manga.bilibili.com', 'show.bilibili.com', 'mall.bilibili.com'],
  ...['pay.bilibili.com', 'big.bilibili.com', 'game.bilibili.com', 'player.bilibili.com'],
] as const;
