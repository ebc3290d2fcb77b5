import * as v from 'valibot';
import { modes } from '../core/order.ts';

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
]);
export type Request = v.InferOutput<typeof requestSchema>;
export type RequestType = Request['type'];
type RequestOf<T extends RequestType> = Extract<Request, { type: T }>;

const profileSchema = v.object({
  liveness: v.picklist(['alive', 'dead', 'unclear']),
  profile: v.exactOptional(v.object({ name: v.string(), avatarUrl: v.exactOptional(v.string()) })),
});

/** The value that each request is answered with. */
const valueSchemas = {
  'log-out': v.null(),
  'log-out-everywhere': v.null(),
  'get-profile': profileSchema,
  'mark-seen': v.boolean(),
} satisfies Record<RequestType, v.GenericSchema>;
type ValueOf<T extends RequestType> = v.InferOutput<(typeof valueSchemas)[T]>;

/** Why a request has no value: it is none of ours, it is not from our page, or its handler failed. */
const refusals = ['not-understood', 'not-allowed', 'failed'] as const;
const responseSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), refusal: v.picklist(refusals) }),
]);
type Response = v.InferOutput<typeof responseSchema>;
export type Refusal = (typeof refusals)[number];

export type Handlers = {
  readonly [T in RequestType]: (request: RequestOf<T>) => Promise<ValueOf<T>>;
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
): Promise<ValueOf<T>> {
  return handlers[request.type](request);
}

export type Answered<T extends RequestType> =
  | { readonly ok: true; readonly value: ValueOf<T> }
  | { readonly ok: false; readonly refusal: Refusal };

/** The pages' side. Never rejects: a worker that does not answer is a `failed`. */
export function createClient(
  send: (message: unknown) => Promise<unknown>,
): <T extends RequestType>(request: RequestOf<T> & { type: T }) => Promise<Answered<T>> {
  return async (request) => {
    try {
      const response = v.parse(responseSchema, await send(request));
      if (!response.ok) return response;
      const value = v.parse(valueSchemas[request.type], response.value);
      return { ok: true, value: value as ValueOf<typeof request.type> };
    } catch {
      return { ok: false, refusal: 'failed' };
    }
  };
}
