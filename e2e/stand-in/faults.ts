import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Route, SentReply } from './requests.ts';
import type { Reply } from './routes.ts';

/**
 * One scripted deviation, used up by the next request of its route. The fields combine.
 *
 * The waits (`delayMs`, `hold`) come before the handling: until they are over the request has no
 * effect, and it meets the sessions as they are then. A client that has left by that time does
 * not stop the effect.
 */
export interface Fault {
  /** Wait this long, in milliseconds, before handling the request. */
  readonly delayMs?: number;
  /** Handle the request only after this settles, either way. */
  readonly hold?: Promise<unknown>;
  /** Never answer, until `close()` or `reset()`; no effect either, unless `effect` is set. */
  readonly hang?: true;
  /**
   * Destroy the socket: before any effect; after the effect but before any byte of the reply;
   * or after the headers (Set-Cookie among them) and half of the body.
   */
  readonly reset?: 'before-handling' | 'after-handling' | 'mid-body';
  /** Send a complete HTTP reply whose body is cut in half. */
  readonly truncate?: true;
  /** Instead of the normal status; without `effect` nothing happens and no cookies are set. */
  readonly status?: number;
  /** Merged over the normal headers. */
  readonly headers?: OutgoingHttpHeaders;
  /** Instead of the normal body; without `effect` nothing happens and no cookies are set. */
  readonly body?: string | Buffer;
  /** Carry out the route's normal effect all the same: revocation, Set-Cookie. */
  readonly effect?: true;
  /** exit: say yes and delete the cookies, but leave the session alive. */
  readonly revoke?: false;
  /** exit: delete none of the cookies, or only these (in both Domain variants). */
  readonly deleteCookies?: false | readonly string[];
}

/** The faults still to come, by route. */
export interface FaultScript {
  add(route: Route, faults: readonly Fault[]): void;
  next(route: Route): Fault;
  clear(): void;
}

/** A script without faults. */
export function createFaultScript(): FaultScript {
  const queues = new Map<Route, Fault[]>();
  return {
    add(route, faults) {
      // One that rejects before its request comes must not end the process.
      for (const { hold } of faults) hold?.catch(() => {});
      queues.set(route, [...(queues.get(route) ?? []), ...faults]);
    },
    next: (route) => queues.get(route)?.shift() ?? {},
    clear: () => queues.clear(),
  };
}

async function waitsOf({ delayMs, hold }: Fault): Promise<void> {
  await Promise.allSettled([
    hold,
    delayMs === undefined ? undefined : sleep(delayMs, undefined, { ref: false }),
  ]);
}

const lowerCased = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), value]),
  );

/**
 * Answers one request as its fault wants it.
 *
 * @param replyNow the normal reply; called once the waits are over
 * @param ended settles when the stand-in is reset or closed, which cuts off what still waits
 * @returns what was sent; undefined when nothing was
 */
export async function respond(
  response: ServerResponse,
  fault: Fault,
  replyNow: () => Reply,
  ended: Promise<void>,
): Promise<SentReply | undefined> {
  const goesOn = await Promise.race([ended.then(() => false), waitsOf(fault).then(() => true)]);
  if (!goesOn || fault.reset === 'before-handling') {
    response.destroy();
    return undefined;
  }

  const reply = replyNow();
  const isReplaced = fault.status !== undefined || fault.body !== undefined || fault.hang === true;
  const takesEffect = fault.effect ?? !isReplaced;
  if (takesEffect) reply.effect?.();

  if (fault.hang) await ended;
  if (fault.hang || fault.reset === 'after-handling') {
    response.destroy();
    return undefined;
  }

  const whole = Buffer.from(fault.body ?? reply.body);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  const body = fault.truncate ? half : whole;
  const cookies = takesEffect ? (reply.cookies ?? []) : [];
  const status = fault.status ?? reply.status;
  // A client that has left gets none of it.
  const isRead = !response.destroyed;
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-length': body.length,
    ...reply.headers,
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    ...lowerCased(fault.headers ?? {}),
  });
  if (fault.reset === 'mid-body') response.write(half, () => response.destroy());
  else response.end(body);
  const isWhole = isRead && fault.reset === undefined && fault.truncate === undefined;
  return { status, body: body.toString(), cookies: isRead ? cookies : [], isWhole };
}
