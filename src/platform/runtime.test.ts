import { expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

const runtime = {
  id: 'own',
  getURL: (path: string) => `chrome-extension://own/${path}`,
  onMessage: createEvent(),
};
vi.mock('./browser.ts', () => ({ browser: { runtime } }));

it.each<[string, object, boolean]>([
  ['our popup', { id: 'own', url: 'chrome-extension://own/src/popup/index.html' }, true],
  ['a content script in our name', { id: 'own', url: 'https://www.bilibili.com/' }, false],
  ['one without an address', { id: 'own' }, false],
  ['another extension', { id: 'other', url: 'chrome-extension://other/page.html' }, false],
  ['another one that says our address', { id: 'other', url: 'chrome-extension://own/' }, false],
  ['a look-alike', { id: 'own', url: 'chrome-extension://own.example/' }, false],
  [
    'a page that has our address in its own',
    { id: 'own', url: 'https://own/#chrome-extension://own/' },
    false,
  ],
])('who sends a message is known, and answered: %s', async (_, sender, isOurs) => {
  const { onMessage } = await import('./runtime.ts');
  runtime.onMessage = createEvent();
  const answer = vi.fn(async () => 'answer');
  onMessage(answer);
  const respond = vi.fn();
  await runtime.onMessage.fire({ type: 'log-out' }, sender, respond);
  await vi.waitFor(() => expect(respond.mock.calls).toEqual([['answer']]));
  expect(answer.mock.calls).toEqual([[{ type: 'log-out' }, isOurs]]);
});
