import fc from 'fast-check';
import { csrfField, exitAddress } from '../endpoint.ts';
import type { Answer } from '../reply.ts';
import { csrfRejected, json, loginPage, lost, timedOut } from './answers.ts';
import { mostly } from './fuzz.ts';
import { bodies, contentTypes, retryAfters, statuses } from './replies.ts';
import type { Said, World } from './world.ts';

/** What happens to one exchange with the server on its way. */
export type Damage =
  /** The server never hears of it. Else it does what it was asked for, whatever comes back. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'lost' | 'late' | 'redirected' }
  /** The browser does not change the request as it was told: it carries no session. */
  | { readonly kind: 'unattached' }
  /** The body ends early, or the connection breaks there. */
  | { readonly kind: 'cut'; readonly at: number; readonly breaks: boolean }
  | { readonly kind: 'edited'; readonly at: number; readonly length: number; readonly by: string }
  | { readonly kind: 'padded' }
  /** Somebody else answers. */
  | { readonly kind: 'replaced'; readonly by: Partial<Parts> };

interface Parts {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const partsOf = (answer: Answer): Partial<Parts> => {
  if (answer.kind !== 'reply') throw new Error('The fake server replies.');
  const { status, contentType, retryAfter, body } = answer;
  return { status, contentType, retryAfter, body };
};

const asHeader = (text: string) => text.replace(/[^\x20-\x7e]/g, '').trim();

/** Some of a reply, or all of it, is another's. */
const strangers = fc.oneof(
  fc.record(
    {
      status: statuses.filter((status) => ![204, 205, 304].includes(status)),
      contentType: contentTypes.map(asHeader),
      retryAfter: retryAfters.map(asHeader),
      body: bodies,
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom<Partial<Parts>>(
    partsOf(loginPage),
    partsOf(csrfRejected),
    partsOf(json({ code: -101 })),
    partsOf(json({ code: -412 })),
    ...[412, 429, 502].map((status) => ({ ...partsOf(loginPage), status })),
  ),
);

/** An undamaged exchange is undefined. */
export const damages: fc.Arbitrary<readonly (Damage | undefined)[]> = fc.array(
  mostly(
    fc.oneof(
      fc.constantFrom<Damage>(
        ...([{ kind: 'unheard' }, { kind: 'lost' }, { kind: 'late' }] as const),
        ...([{ kind: 'redirected' }, { kind: 'unattached' }] as const),
      ),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(90), breaks: fc.boolean() }),
      fc.record({
        kind: fc.constant('edited' as const),
        ...{ at: fc.nat(90), length: fc.nat(12) },
        by: fc.oneof(fc.constantFrom('', '0', ',', '"', '\ufffd', '-101'), fc.string()),
      }),
      fc.record({ kind: fc.constant('replaced' as const), by: strangers }),
      fc.record({ kind: fc.constant('replaced' as const), by: strangers }),
    ),
    fc.constantFrom<Damage | undefined>(undefined, undefined, { kind: 'padded' }),
  ),
  { maxLength: 6 },
);

/** What a rule of the browser adds to a request and its reply. */
export interface Attached {
  readonly cookie?: string | undefined;
  readonly receipt?: { readonly name: string; readonly value: string } | undefined;
}

/** The way from `fetch` to the server of a world and back, on which each exchange may be damaged. */
export function createWire(world: World, planned: readonly (Damage | undefined)[]) {
  const left = [...planned];
  const timers = new Map<AbortSignal, AbortController>();
  const wire = {
    /** What came back about each session, in order. */
    told: [] as (Said & { readonly isAboutIdAlone: boolean })[],
    /** In place of `AbortSignal.timeout`. */
    timeout(): AbortSignal {
      const timer = new AbortController();
      timers.set(timer.signal, timer);
      return timer.signal;
    },
    /** In place of `fetch`. */
    async fetch(url: string, init: RequestInit, attached: Attached): Promise<Response> {
      const by = new URL(url).host === exitAddress.host ? 'exit' : 'nav';
      const damage = left.shift();
      const isAttached = damage?.kind !== 'unattached';
      const header =
        init.credentials === 'omit' ? (isAttached && attached.cookie) || '' : undefined;
      let id = /SESSDATA=([^;]*)/.exec(header ?? '')?.[1] ?? '';
      const tell = (answer: Answer) =>
        void wire.told.push({ by, id, answer, isAboutIdAlone: header === `SESSDATA=${id}` });
      if (damage?.kind === 'unheard') {
        tell(lost);
        throw new TypeError('Failed to fetch');
      }
      const { exit, nav } = world.needs.server;
      const token = String(new URLSearchParams(init.body as URLSearchParams).get(csrfField));
      const truth = await (by === 'exit' ? exit(token, header) : nav(header ?? ''));
      if (header === undefined) id = world.said.at(-1)?.id ?? '';
      if (damage?.kind === 'lost') {
        tell(lost);
        throw new TypeError('Failed to fetch');
      }
      if (damage?.kind === 'late') {
        tell(timedOut);
        timers.get(init.signal as AbortSignal)?.abort();
        throw new DOMException('signal timed out', 'TimeoutError');
      }
      if (damage?.kind === 'redirected') {
        tell({ kind: 'redirect' });
        return { type: 'opaqueredirect' } as Response;
      }
      const parts = { ...partsOf(truth), ...(damage?.kind === 'replaced' && damage.by) } as Parts;
      const { status, contentType, retryAfter } = parts;
      // As bytes: there are no half characters on a wire, and a mark at the beginning is none.
      const bytes = new TextEncoder().encode(spoilt(parts.body, damage));
      const body = new TextDecoder().decode(bytes);
      const receipt = isAttached ? attached.receipt : undefined;
      const breaks = damage?.kind === 'cut' && damage.breaks;
      if (attached.receipt && !receipt) tell({ kind: 'unsent' });
      else if (breaks) tell(lost);
      else {
        const complete = damage?.kind !== 'padded';
        tell({ kind: 'reply', status, contentType, retryAfter, body, complete, receivedAt: 0 });
      }
      const headers = {
        'content-type': contentType,
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
        ...(receipt && { [receipt.name]: receipt.value }),
      };
      return new Response(breaks ? broken(bytes) : bytes, { status, headers });
    },
  };
  return wire;
}

function spoilt(body: string, damage: Damage | undefined): string {
  switch (damage?.kind) {
    case 'cut':
      return body.slice(0, damage.at);
    case 'edited':
      return body.slice(0, damage.at) + damage.by + body.slice(damage.at + damage.length);
    case 'padded':
      return body.padEnd(300_000);
    default:
      return body;
  }
}

/** A body whose connection breaks after it has all come. */
function broken(body: Uint8Array): ReadableStream {
  let isSent = false;
  return new ReadableStream(
    {
      pull(controller) {
        if (isSent) controller.error(new TypeError('network error'));
        else controller.enqueue(body);
        isSent = true;
      },
    },
    { highWaterMark: 0 },
  );
}
