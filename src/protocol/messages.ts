import * as v from 'valibot';
import { modes } from '../core/order.ts';
import type { NavVerdict } from '../core/reply.ts';

const storeId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** What a page may ask of the worker. A message only ever starts something. */
const requestSchema = v.variant('type', [
  /** Starts a log-out, or joins the one that is under way. */
  v.strictObject({ type: v.literal('log-out'), storeId, mode: v.picklist(modes) }),
  /** Does the same for several stores, one after another. */
  v.strictObject({
    type: v.literal('log-out-everywhere'),
    storeIds: v.pipe(v.array(storeId), v.minLength(1), v.maxLength(1000)),
  }),
  /** Asks the server whose a session is; it is named by its fingerprint under the store's id. */
  v.strictObject({ type: v.literal('get-profile'), storeId, session: v.string() }),
  /**
   * A person has the popup of this store before them, and sees how its log-out ended. The answer is
   * whether that could not be stored, so that nobody has been told.
   */
  v.strictObject({ type: v.literal('mark-seen'), storeId }),
  /** Calls off what rules have due of a store; a log-out under way goes on. */
  v.strictObject({ type: v.literal('call-off'), storeId }),
  /** A person has been told what rules have done of a store. */
  v.strictObject({ type: v.literal('mark-told'), storeId }),
]);
export type Request = v.InferOutput<typeof requestSchema>;
export type RequestType = Request['type'];
type RequestOf<T extends RequestType> = Extract<Request, { type: T }>;

/** The value that each request is answered with. */
interface Values {
  'log-out': null;
  'log-out-everywhere': null;
  'get-profile': NavVerdict;
  'mark-seen': boolean;
  'call-off': null;
  'mark-told': null;
}

/** Why a request has no value: it is none of ours, it is not from our page, or its handler failed. */
export type Refusal = 'not-understood' | 'not-allowed' | 'failed';
type Response<T extends RequestType = RequestType> =
  | { readonly ok: true; readonly value: Values[T] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Handlers = {
  readonly [T in RequestType]: (request: RequestOf<T>) => Promise<Values[T]>;
};

/** Answers every message with exactly one response, also a foreign, broken or failing one. */
export function createDispatcher(
  handlers: Handlers,
): (message: unknown, fromOwnPage: boolean) => Promise<Response> {
  return async (message, fromOwnPage) => {
    if (!fromOwnPage) return { ok: false, refusal: 'not-allowed' };
    const parsed = v.safeParse(requestSchema, message);
    if (!parsed.success) return { ok: false, refusal: 'not-understood' };
    try {
      return { ok: true, value: await handle(handlers, parsed.output) };
    } catch {
      return { ok: false, refusal: 'failed' };
    }
  };
}

function handle<T extends RequestType>(
  handlers: Handlers,
  request: RequestOf<T> & { type: T },
): Promise<Values[T]> {
  return handlers[request.type](request);
}

/** The pages' side. Never rejects: a worker that does not answer is a `failed`. */
export function createClient(
  send: (message: unknown) => Promise<unknown>,
): <T extends RequestType>(request: RequestOf<T> & { type: T }) => Promise<Response<T>> {
  return async (request) => {
    // A worker that is stopped answers nothing, or nothing at all.
    const response = await Promise.resolve(request)
      .then(send)
      .catch(() => undefined);
    const isAnswer = typeof response === 'object' && response !== null && 'ok' in response;
    return isAnswer
      ? (response as Response<typeof request.type>)
      : { ok: false, refusal: 'failed' };
  };
}
