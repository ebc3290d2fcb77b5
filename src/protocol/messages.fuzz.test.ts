import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { anyValue, cases, mostly } from '../core/testing/fuzz.ts';
import { isRequest, messages, requests } from './any-message.ts';
import { createClient, createDispatcher, type Handlers } from './messages.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

it('a message starts something only where it is one of ours, and is answered once whatever it is', async () => {
  const handling = fc.constantFrom('works', 'works', 'rejects', 'throws');
  await fc.assert(
    fc.asyncProperty(
      messages,
      mostly(fc.constant(true), fc.constant(false)),
      handling,
      async (message, fromOwnPage, how) => {
        const started: unknown[] = [];
        const handler = (request: unknown) => {
          started.push(request);
          if (how === 'throws') throw new Error('secret');
          return how === 'works' ? Promise.resolve(null) : Promise.reject(new Error('secret'));
        };
        const handlers = {
          ...{ 'log-out': handler, 'log-out-everywhere': handler, 'get-profile': handler },
          ...{ 'mark-seen': handler, 'call-off': handler, 'mark-told': handler },
        } as unknown as Handlers;
        const response = await createDispatcher(handlers)(message, fromOwnPage);
        const isOurs = fromOwnPage && isRequest(message);
        expect(started).toEqual(isOurs ? [message] : []);
        const refusal = !fromOwnPage ? 'not-allowed' : isOurs ? 'failed' : 'not-understood';
        const isDone = isOurs && how === 'works';
        expect(response).toStrictEqual(isDone ? { ok: true, value: null } : { ok: false, refusal });
      },
    ),
    cases(500),
  );
});

it('a page has an answer, whatever comes back', async () => {
  await fc.assert(
    fc.asyncProperty(requests, anyValue, fc.boolean(), async (request, answer, rejects) => {
      const send = () => (rejects ? Promise.reject(answer) : Promise.resolve(answer));
      const response = await createClient(send)(request);
      expect(response).toHaveProperty('ok');
    }),
    cases(200),
  );
});
