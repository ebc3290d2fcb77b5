import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { anyText, anyValue, cases, mostly } from '../core/testing/fuzz.ts';

type Listener = (message: unknown, sender: unknown, respond: (answer: unknown) => void) => unknown;
const browser = vi.hoisted(() => ({ listener: undefined as Listener | undefined }));
vi.mock('./browser.ts', () => ({
  browser: {
    runtime: {
      id: 'own',
      getURL: (path: string) => `chrome-extension://own/${path}`,
      onMessage: {
        addListener(listener: Listener) {
          browser.listener = listener;
        },
      },
    },
  },
}));
const { onMessage } = await import('./runtime.ts');

const part = fc.constantFrom(
  ...['chrome-extension://', 'moz-extension://', 'https://', 'own', 'other', '.example', '@', ':1'],
  ...['/', '//', '\\', '?', '#', 'src/popup/index.html', 'www.bilibili.com', ' ', '\t', '', 'OWN'],
);
const urls = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.array(part, { maxLength: 3 }).map((parts) => `chrome-extension://own${parts.join('')}`),
  anyText,
);
/** A browser tells of a sender by texts, as far as it tells. */
const senders = fc.record(
  {
    id: mostly(fc.constant('own'), fc.oneof(fc.constantFrom('', 'OWN', 'own2', 'other'), anyText)),
    url: urls,
    origin: urls,
    tab: fc.record({ id: fc.nat(), url: urls }),
    frameId: fc.nat(),
  },
  { requiredKeys: [] },
);

it('whoever sends a message is answered once, and only our own pages are taken for such', async () => {
  await fc.assert(
    fc.asyncProperty(anyValue, senders, async (message, sender) => {
      const answer = vi.fn(async (_message: unknown, _fromOwnPage: boolean) => 'answer');
      onMessage(answer);
      const responses: unknown[] = [];
      const isLater = browser.listener?.(message, sender, (one) => void responses.push(one));
      // Without it the browser would let the sender go unanswered.
      expect(isLater).toBe(true);
      await new Promise(setImmediate);
      expect(responses).toEqual(['answer']);
      expect(answer).toHaveBeenCalledTimes(1);
      const [[given, fromOwnPage] = []] = answer.mock.calls;
      expect(given).toBe(message);
      const { id, url = '' } = sender;
      expect(fromOwnPage).toBe(id === 'own' && /^chrome-extension:\/\/own\//.test(url));
      // However it goes on, that beginning names the host.
      if (fromOwnPage) expect(new URL(url).host).toBe('own');
    }),
    cases(300),
  );
});
