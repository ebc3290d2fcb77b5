import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createCertificate } from './certificate.ts';
import { createFaultScript, type Fault, respond } from './faults.ts';
import { createRequestLog, parseCookies, type RecordedRequest, type Route } from './requests.ts';
import { replyTo, routeOf } from './routes.ts';
import {
  accountCookies,
  bystanderCookies,
  createSession,
  createSessions,
  type Session,
} from './sessions.ts';

export type { Fault } from './faults.ts';
export type { RecordedRequest, Route } from './requests.ts';
export type { Session } from './sessions.ts';

/** A running stand-in of Bilibili's servers. */
export interface StandIn {
  readonly port: number;
  /** The host names a browser has to be told to look for on loopback. */
  readonly hosts: readonly string[];
  /** Every request since the start or the last `reset()`, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Those of one route. */
  requestsTo(route: Route): RecordedRequest[];
  /**
   * Resolves with the requests of the route as soon as `count` of them have arrived, which is
   * before any fault delays them. Rejects on `reset()` and `close()`.
   */
  waitForRequests(route: Route, count: number): Promise<RecordedRequest[]>;
  /** Queues deviations for the next requests of a route, one each. */
  script(route: Route, ...faults: Fault[]): void;
  /** Forgets the deviations still to come. */
  unscript(): void;
  /** Makes a live session without a browser. */
  createSession(options?: { uid?: string; uname?: string; biliJct?: string }): Session;
  /** The session of this SESSDATA, dead or alive. */
  session(sessdata: string): Session | undefined;
  /** The Set-Cookie lines of a log-in: the four account cookies and the bystanders. */
  cookiesOf(session: Session): readonly string[];
  /** Forgets sessions, requests and faults; cuts off the requests that still wait. */
  reset(): void;
  /** Ends every connection and the server. */
  close(): Promise<void>;
}

const hosts: readonly string[] = [
  'bilibili.com',
  'www.bilibili.com',
  'passport.bilibili.com',
  'api.bilibili.com',
  'space.bilibili.com',
  'live.bilibili.com',
  't.bilibili.com',
  'passport.biligame.com',
  'i0.hdslb.com',
  'i1.hdslb.com',
  'i2.hdslb.com',
];

function createEnding(): { readonly ended: Promise<void>; end(): void } {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}

/**
 * Starts the stand-in: HTTPS on 127.0.0.1 alone, with a certificate of its own.
 *
 * @param options.port the port to listen on; a free one when left out
 * @param options.keepsConnections whether a connection serves more than one request. Chromium
 *   silently repeats a request, a POST too, when a connection that it used before dies before any
 *   byte of the reply; the repetition would meet the next fault or none.
 */
export async function startStandIn(
  options: { port?: number; keepsConnections?: boolean } = {},
): Promise<StandIn> {
  const sessions = createSessions();
  const faults = createFaultScript();
  const log = createRequestLog();
  const sockets = new Set<Socket>();
  let ending = createEnding();
  let closed: Promise<void> | undefined;

  // Per session, so that sending the cookies again does not change the bystanders.
  const cookieLines = new WeakMap<Session, readonly string[]>();
  function cookiesOf(session: Session): readonly string[] {
    const known = cookieLines.get(session);
    if (known) return known;
    const made = [...accountCookies(session, '.bilibili.com'), ...bystanderCookies()];
    cookieLines.set(session, made);
    return made;
  }

  function describe(message: IncomingMessage, body: string): RecordedRequest {
    const { method = '', headers, url = '/' } = message;
    const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const [path = '/', ...rest] = url.split('?');
    const cookies = parseCookies(headers.cookie);
    return {
      route: routeOf(method, host, path),
      at: performance.now(),
      method,
      host,
      path,
      query: rest.join('?'),
      headers,
      cookies,
      body,
      session: sessions.find(cookies.get('SESSDATA') ?? ''),
    };
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(message).catch(() => undefined);
    // The client left before its request was complete, so there is nothing to answer.
    if (body === undefined) return;
    const request = describe(message, body);
    const fault = faults.next(request.route);
    const { ended } = ending;
    log.record(request);
    if (!options.keepsConnections) response.setHeader('connection', 'close');
    const replyNow = () => replyTo(request, fault, { sessions, cookiesOf });
    request.reply = await respond(response, fault, replyNow, ended);
  }

  function forget(reason: string): void {
    sessions.clear();
    faults.clear();
    log.clear(reason);
    ending.end();
    ending = createEnding();
  }

  const server = createServer(await createCertificate(), (message, response) => {
    void handle(message, response);
  });
  // The server's own limit of 5 s is shorter than some turn of a measurement.
  server.keepAliveTimeout = 60_000;
  // The server itself keeps no count of connections that are still shaking hands.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    hosts,
    get requests() {
      return log.all;
    },
    requestsTo: log.to,
    waitForRequests: log.waitFor,
    script: (route, ...added) => faults.add(route, added),
    unscript: faults.clear,
    createSession(wanted) {
      const session = createSession(wanted);
      sessions.add(session);
      return session;
    },
    session: sessions.find,
    cookiesOf,
    reset: () => forget('the stand-in was reset'),
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        forget('the stand-in was closed');
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      });
      return closed;
    },
  };
}
