import { beforeEach, describe, expect, it, vi } from 'vitest';

const rules = vi.hoisted(() => new Set<number>());
const api = vi.hoisted(() => ({ getSessionRules: vi.fn(), updateSessionRules: vi.fn() }));
vi.mock('./browser.ts', () => ({
  browser: {
    runtime: { getURL: () => 'chrome-extension://own/' },
    declarativeNetRequest: api,
  },
}));

const { createSessionRules, uniqueUrl } = await import('./session-rules.ts');

const rule = {
  url: 'https://passport.bilibili.com/login/exit/v2',
  method: 'post',
  requestHeaders: { cookie: 'SESSDATA=1' },
} as const;

interface Change {
  readonly addRules?: readonly { readonly id: number }[];
  readonly removeRuleIds?: readonly number[];
}

beforeEach(() => {
  rules.clear();
  api.updateSessionRules.mockClear();
  api.getSessionRules.mockImplementation(async () =>
    [...rules].map((id) => ({ id, condition: {} })),
  );
  api.updateSessionRules.mockImplementation(async ({ addRules, removeRuleIds }: Change) => {
    for (const id of removeRuleIds ?? []) rules.delete(id);
    for (const { id } of addRules ?? []) {
      if (rules.has(id)) throw new Error(`Rule with id ${id} is there.`);
      rules.add(id);
    }
  });
});

describe.each([
  ['even', 0, [2, 1_000_000], [1, 3, 999_999]],
  ['odd', 1, [1, 3, 999_999], [2, 1_000_000]],
] as const)('the worker with the %s ids', (half, parity, own, others) => {
  it('removes at its start what its former life left, and leaves the other’s', async () => {
    for (const id of [...own, ...others]) rules.add(id);
    await createSessionRules(half).during(rule, async () => {
      // Cleared before the first request, whose rule must not be cleared with it.
      const left = [...rules].filter((id) => !(others as readonly number[]).includes(id));
      expect(left).toHaveLength(1);
      expect(own).not.toContain(left[0]);
    });
    await vi.waitFor(() => expect([...rules]).toEqual(others));
  });

  it('takes ids of its own half, each for one request only', async () => {
    const { during } = createSessionRules(half);
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => during(rule, async () => [...rules])),
    );
    for (const id of ids.flat()) {
      expect(id % 2).toBe(parity);
      expect(id).toBeGreaterThan(0);
      expect(id).toBeLessThan(2 ** 31);
    }
    await vi.waitFor(() => expect(rules.size).toBe(0));
  });
});

it('the other worker’s rule goes once it is old: who made it went with the incognito window', async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const attached = (id: number) => ({ id, condition: { urlFilter: `|${uniqueUrl(rule.url)}|` } });
  const [old, plain] = [attached(1), { id: 5, condition: { urlFilter: `|${rule.url}|` } }];
  vi.setSystemTime(1_061_000);
  const fresh = attached(3);
  api.getSessionRules.mockResolvedValue([old, fresh, plain]);
  createSessionRules('even');
  await vi.waitFor(() =>
    expect(api.updateSessionRules).toHaveBeenCalledExactlyOnceWith({ removeRuleIds: [1] }),
  );
  vi.useRealTimers();
});

describe('a rule', () => {
  it('is there while its request runs, and gone after it', async () => {
    const seen = await createSessionRules('even').during(rule, async () => rules.size);
    expect(seen).toBe(1);
    await vi.waitFor(() => expect(rules.size).toBe(0));
  });

  it('goes also where its request fails, which is told', async () => {
    const run = async () => {
      throw new Error('no network');
    };
    await expect(createSessionRules('even').during(rule, run)).rejects.toThrow('no network');
    await vi.waitFor(() => expect(rules.size).toBe(0));
  });

  it('that the browser refuses sends nothing', async () => {
    api.updateSessionRules.mockRejectedValueOnce(new Error('no header value'));
    const run = vi.fn();
    await expect(createSessionRules('even').during(rule, run)).rejects.toThrow('no header value');
    expect(run).not.toHaveBeenCalled();
  });

  it('that will not go takes nothing from the answer', async () => {
    const answer = createSessionRules('even').during(rule, async () => {
      api.updateSessionRules.mockRejectedValueOnce(new Error('busy'));
      return 'answer';
    });
    expect(await answer).toBe('answer');
    await vi.waitFor(() => expect(api.updateSessionRules).toHaveBeenCalledTimes(2));
  });

  it('is made also where a former life’s cannot be read', async () => {
    api.getSessionRules.mockRejectedValueOnce(new Error('broken'));
    expect(await createSessionRules('even').during(rule, async () => rules.size)).toBe(1);
  });
});
