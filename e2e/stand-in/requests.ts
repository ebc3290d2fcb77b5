import type { IncomingHttpHeaders } from 'node:http';
import type { Session } from './sessions.ts';

/** What the stand-in took a request for. */
export type Route =
  | 'exit'
  | 'nav'
  | 'login-page'
  | 'log-in'
  | 'site'
  | 'cross-domain'
  | 'biligame-log-in'
  | 'avatar'
  | 'worker'
  | 'unknown';

/** What a request was answered with. */
export interface SentReply {
  readonly status: number;
  readonly body: string;
  /** The Set-Cookie lines; none when the client had left. */
  readonly cookies: readonly string[];
  /** False when it was cut, or when the client had left before it was sent. */
  readonly isWhole: boolean;
}

/** One request, as it was when its body had arrived. */
export interface RecordedRequest {
  readonly route: Route;
  /** Time of arrival: `performance.now()`, milliseconds. */
  readonly at: number;
  readonly method: string;
  /** Lower case, without the port. */
  readonly host: string;
  /** The path without the query. */
  readonly path: string;
  /** The query without its question mark; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The first cookie of a name wins, as on the server. */
  readonly cookies: ReadonlyMap<string, string>;
  readonly body: string;
  /** Whose SESSDATA it carried, dead or alive. */
  readonly session: Session | undefined;
  /** Not there before anything was sent. */
  reply?: SentReply | undefined;
}

/** The requests so far, and a way to await the next. */
export interface RequestLog {
  readonly all: readonly RecordedRequest[];
  to(route: Route): RecordedRequest[];
  record(request: RecordedRequest): void;
  waitFor(route: Route, count: number): Promise<RecordedRequest[]>;
  /** Forgets everything; who still waits is told `reason`. */
  clear(reason: string): void;
}

/** Reads a Cookie header; the first cookie of a name wins. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim();
    if (!cookies.has(name)) cookies.set(name, part.slice(equals + 1).trim());
  }
  return cookies;
}

interface Waiter {
  readonly route: Route;
  readonly count: number;
  resolve(requests: RecordedRequest[]): void;
  reject(error: Error): void;
}

/** An empty log. */
export function createRequestLog(): RequestLog {
  let all: RecordedRequest[] = [];
  let waiters: Waiter[] = [];
  const to = (route: Route) => all.filter((request) => request.route === route);

  return {
    get all() {
      return all;
    },
    to,
    record(request) {
      all.push(request);
      const arrived = to(request.route);
      waiters = waiters.filter((waiter) => {
        if (waiter.route !== request.route || waiter.count > arrived.length) return true;
        waiter.resolve(arrived);
        return false;
      });
    },
    waitFor(route, count) {
      const arrived = to(route);
      if (arrived.length >= count) return Promise.resolve(arrived);
      return new Promise((resolve, reject) => {
        waiters.push({ route, count, resolve, reject });
      });
    },
    clear(reason) {
      for (const { route, count, reject } of waiters) {
        const seen = to(route).length;
        reject(new Error(`${reason} after ${seen} of ${count} requests to ${route}`));
      }
      all = [];
      waiters = [];
    },
  };
}
