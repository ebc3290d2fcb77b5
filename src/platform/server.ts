import type { Address } from '../core/cookie.ts';
import {
  csrfField,
  exitAddress,
  navAddress,
  requestTimeout,
  siteOrigin,
} from '../core/endpoint.ts';
import type { Server } from '../core/needs.ts';
import type { Answer } from '../core/reply.ts';
import { request } from './http.ts';
import { type SessionRules, uniqueUrl } from './session-rules.ts';

/** The endpoint refuses requests that do not come from the site's own origin. */
const siteHeaders = { origin: siteOrigin, referer: `${siteOrigin}/` };

/**
 * Visits an address with the browser's own cookies for it. Redirects are not followed: what they
 * set counts all the same.
 */
export function visit(url: string): Promise<Answer> {
  return request(url, { credentials: 'include' }, requestTimeout);
}

/** Bilibili's servers, asked over the network. */
export function createServer(rules: SessionRules): Server {
  return {
    exit: (token, cookieHeader, ready) => {
      const init: RequestInit = {
        method: 'POST',
        body: new URLSearchParams({ [csrfField]: token }),
      };
      return cookieHeader === undefined
        ? sendWithJar(rules, exitAddress, init, ready)
        : sendAttached(rules, exitAddress, init, cookieHeader, ready);
    },
    nav: (cookieHeader) => sendAttached(rules, navAddress, { method: 'GET' }, cookieHeader),
  };
}

/** A request that carries the cookies of the browser's own jar. */
async function sendWithJar(
  rules: SessionRules,
  address: Address,
  init: RequestInit,
  ready: Promise<unknown> | undefined,
): Promise<Answer> {
  const url = urlOf(address);
  const rule = { url, method: methodOf(init), requestHeaders: siteHeaders };
  return sent(
    rules.during(rule, async () => {
      await ready;
      return request(url, { ...init, credentials: 'include' }, requestTimeout);
    }),
  );
}

/**
 * A request that carries exactly the cookies given and leaves every jar alone. The rule that
 * attaches them matches one URL that no other request has, and marks the reply: without that mark
 * the cookies were not attached, and the reply says nothing about their session.
 */
async function sendAttached(
  rules: SessionRules,
  address: Address,
  init: RequestInit,
  cookieHeader: string,
  ready?: Promise<unknown>,
): Promise<Answer> {
  const url = uniqueUrl(urlOf(address));
  const receipt = { name: 'x-attached', value: crypto.randomUUID() };
  const requestHeaders = { ...siteHeaders, cookie: cookieHeader };
  const rule = { url, method: methodOf(init), requestHeaders, receipt };
  return sent(
    rules.during(rule, async () => {
      await ready;
      return request(url, { ...init, credentials: 'omit' }, requestTimeout, receipt);
    }),
  );
}

/** A rule that the browser refuses (a value that is no header value, say) leaves nothing sent. */
function sent(answer: Promise<Answer>): Promise<Answer> {
  return answer.catch(() => ({ kind: 'unsent' }));
}

function urlOf(address: Address): string {
  return `https://${address.host}${address.path}`;
}

function methodOf(init: RequestInit): 'get' | 'post' {
  return init.method === 'POST' ? 'post' : 'get';
}
