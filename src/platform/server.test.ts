import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createServer } from './server.ts';
import type { RequestRule } from './session-rules.ts';

vi.mock('./browser.ts', () => ({ browser: {} }));

const ask = vi.fn<typeof fetch>();
beforeEach(() => {
  vi.stubGlobal('fetch', ask.mockReset());
});

/** A server whose rules are kept, and a way to answer its next request. */
function setUp() {
  const rules: RequestRule[] = [];
  const server = createServer({
    during(rule, run) {
      rules.push(rule);
      return run();
    },
  });
  const answerWith = (mark: (receipt: string) => Record<string, string>) => {
    ask.mockImplementation(async () => {
      const { receipt } = rules.at(-1) ?? {};
      return Response.json({ code: 0 }, { headers: mark(receipt?.value ?? '') });
    });
  };
  return { server, rules, answerWith };
}

describe.each([
  ['exit', (server: ReturnType<typeof createServer>) => server.exit('token', 'SESSDATA=id')],
  ['nav', (server: ReturnType<typeof createServer>) => server.nav('SESSDATA=id')],
] as const)('a request with its session attached: %s', (_, send) => {
  it('is believed with the mark of its own rule', async () => {
    const { server, answerWith } = setUp();
    answerWith((receipt) => ({ 'x-attached': receipt }));
    expect(await send(server)).toMatchObject({ kind: 'reply', status: 200 });
  });

  it.each<[string, (receipt: string) => Record<string, string>]>([
    ['without a mark', () => ({})],
    ['with one that the server has made up', () => ({ 'x-attached': crypto.randomUUID() })],
    ['with an empty one', () => ({ 'x-attached': '' })],
    ['with one more than that', (receipt) => ({ 'x-attached': `made-up, ${receipt}` })],
  ])('is not believed %s', async (_, mark) => {
    const { server, answerWith } = setUp();
    answerWith(mark);
    expect(await send(server)).toEqual({ kind: 'unsent' });
  });

  it('has a mark and an address of its own, and the server sees no mark', async () => {
    const { server, rules, answerWith } = setUp();
    answerWith((receipt) => ({ 'x-attached': receipt }));
    await send(server);
    await send(server);
    const marks = rules.map(({ receipt }) => receipt?.value ?? '');
    expect(new Set(marks).size).toBe(2);
    expect(new Set(rules.map(({ url }) => url)).size).toBe(2);
    const sent = JSON.stringify([
      ask.mock.calls,
      rules.map(({ url, requestHeaders }) => [url, requestHeaders]),
    ]);
    for (const mark of marks) expect(sent).not.toContain(mark);
  });

  it('is not believed with the mark of an earlier one', async () => {
    const { server, rules, answerWith } = setUp();
    answerWith((receipt) => ({ 'x-attached': receipt }));
    await send(server);
    answerWith(() => ({ 'x-attached': rules[0]?.receipt?.value ?? '' }));
    expect(await send(server)).toEqual({ kind: 'unsent' });
  });
});
