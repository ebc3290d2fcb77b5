import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { judgeExit, judgeNav } from '../core/reply.ts';
import { cases, mostly } from '../core/testing/fuzz.ts';
import {
  bodies,
  contentTypes,
  retryAfters,
  saysDead,
  saysYes,
  statuses,
} from '../core/testing/replies.ts';
import { request } from './http.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const cap = 256 * 1024;
const receipt = { name: 'x-attached', value: 'ours' };

/** What may stand in a header. */
const headers = (texts: fc.Arbitrary<string>) =>
  fc.option(
    texts.map((text) => text.replace(/[^\t\x20-\x7e\xa0-\xff]/g, '')),
    { nil: undefined },
  );

/** How a body is filled up: not at all, or with so many spaces that it is near the cap, or beyond. */
const filling = mostly(
  fc.constant(0),
  mostly(fc.nat(40), fc.integer({ min: cap - 40, max: cap + 40 })),
);

const wires = fc.record({
  status: statuses,
  contentType: headers(contentTypes),
  retryAfter: headers(retryAfters),
  attached: mostly(fc.constant(receipt.value), fc.constantFrom(undefined, '', 'another')),
  bytes: fc.oneof(
    { arbitrary: bodies.map((body) => new TextEncoder().encode(body)), weight: 4 },
    { arbitrary: fc.uint8Array({ maxLength: 60 }), weight: 1 },
  ),
  filling,
  /** Where the bytes are parted. */
  cuts: fc.array(fc.nat(70), { maxLength: 4 }),
  /** Whether the connection breaks after the last byte. */
  breaks: mostly(fc.constant(false), fc.constant(true)),
});

function streamOf(chunks: readonly Uint8Array[], breaks: boolean): ReadableStream {
  const left = [...chunks];
  const source: UnderlyingDefaultSource = {
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else if (breaks) controller.error(new TypeError('network error'));
      else controller.close();
    },
  };
  // Nothing ahead of its reader: what breaks takes no byte back.
  return new ReadableStream(source, { highWaterMark: 0 });
}

it('whatever bytes come, in whatever pieces: all of them or none are judged, and nothing is thrown', async () => {
  await fc.assert(
    fc.asyncProperty(wires, async ({ status, contentType, retryAfter, attached, ...wire }) => {
      const { bytes, cuts, breaks } = wire;
      const body = new Uint8Array(bytes.length + wire.filling).fill(0x20);
      body.set(bytes);
      const ends = [...new Set([...cuts.map((cut) => Math.min(cut, body.length)), body.length])];
      ends.sort((a, b) => a - b);
      const chunks = ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
      const given = {
        'content-type': contentType,
        'retry-after': retryAfter,
        'x-attached': attached,
      };
      const response = new Response(
        [204, 205, 304].includes(status) ? null : streamOf(chunks, breaks),
        {
          status,
          headers: Object.entries(given).flatMap(([name, value]): [string, string][] =>
            value === undefined ? [] : [[name, value]],
          ),
        },
      );
      vi.stubGlobal('fetch', async () => response);
      const answer = await request('https://x.example/', {}, 1_000, receipt);

      if (attached !== receipt.value) {
        expect(answer).toEqual({ kind: 'unsent' });
        return;
      }
      const isEmpty = response.body === null;
      const isWhole = isEmpty || body.length <= cap;
      if (!isEmpty && isWhole && breaks) {
        expect(answer).toEqual({ kind: 'lost' });
        return;
      }
      const text = isEmpty ? '' : new TextDecoder().decode(body);
      if (answer.kind !== 'reply') throw new Error('There was a reply.');
      expect(answer.complete).toBe(isWhole);
      expect(isWhole ? answer.body === text : text.startsWith(answer.body)).toBe(true);
      expect(answer.status).toBe(status);
      expect(answer.contentType).toBe(contentType?.replace(/^[\t ]+|[\t ]+$/g, '') ?? '');
      const truth = { ...answer, body: text, complete: isWhole };
      expect(judgeExit(answer).kind === 'accepted').toBe(saysYes(truth));
      expect(judgeNav(answer).liveness === 'dead').toBe(saysDead(truth));
    }),
    cases(500),
  );
});
