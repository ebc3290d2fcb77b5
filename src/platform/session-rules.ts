import browser, { type DeclarativeNetRequest } from 'webextension-polyfill';

/** What a rule changes of the one request that it is for. */
export interface RequestRule {
  readonly url: string;
  readonly method: 'get' | 'post';
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Set on the reply, where it shows that the rule was applied to its request. */
  readonly receipt?: { readonly name: string; readonly value: string };
}

export interface SessionRules {
  /**
   * Runs a request under a rule that exists only while it runs.
   * @throws (rejects) what `run` throws, and when the browser refuses the rule.
   */
  during<T>(rule: RequestRule, run: () => Promise<T>): Promise<T>;
}

/** Longer than any request runs, in seconds: an older rule has lost its worker. */
const longestLife = 60;

/** Seconds, in as many bits as an id has room for: they come round every twelve days. */
const clockBits = 20;
const countBits = 10;
const now = () => Math.floor(Date.now() / 1000) % 2 ** clockBits;
const ageOf = (id: number) =>
  (now() - Math.floor(id / 2 ** (countBits + 1)) + 2 ** clockBits) % 2 ** clockBits;

/**
 * Rules that set headers of our own requests. Session rules outlive a worker, and the two workers
 * of a split incognito extension share them. So an id tells whose rule it is (the lowest bit) and
 * when it was made: each worker clears on start what its own former life left behind, and at any
 * time what nobody can be waiting for, since the other one may never start again.
 */
export function createSessionRules(half: 'even' | 'odd'): SessionRules {
  const parity = half === 'odd' ? 1 : 0;
  // Counted, not drawn: two requests of one second must not meet at one id.
  let count = 0;
  const newId = () => {
    count = (count + 1) % 2 ** countBits;
    // 0 is no id.
    return (now() * 2 ** countBits + count) * 2 + parity || 2;
  };
  const initiatorDomains = [new URL(browser.runtime.getURL('')).host];

  const clear = async (isLeft: (id: number) => boolean) => {
    const rules = await browser.declarativeNetRequest.getSessionRules();
    const removeRuleIds = rules.map((rule) => rule.id).filter(isLeft);
    if (removeRuleIds.length > 0) {
      await browser.declarativeNetRequest.updateSessionRules({ removeRuleIds });
    }
  };
  const cleared = clear((id) => id % 2 === parity || ageOf(id) > longestLife).catch(
    () => undefined,
  );

  return {
    async during(rule, run) {
      await cleared;
      await clear((id) => ageOf(id) > longestLife).catch(() => undefined);
      const id = newId();
      await browser.declarativeNetRequest.updateSessionRules({
        addRules: [
          {
            id,
            condition: {
              urlFilter: `|${rule.url}|`,
              isUrlFilterCaseSensitive: true,
              initiatorDomains,
              requestMethods: [rule.method],
              resourceTypes: ['xmlhttprequest'],
            },
            action: {
              type: 'modifyHeaders',
              requestHeaders: Object.entries(rule.requestHeaders).map(set),
              ...(rule.receipt && {
                responseHeaders: [set([rule.receipt.name, rule.receipt.value])],
              }),
            },
          },
        ],
      });
      try {
        return await run();
      } finally {
        // A rule that will not go takes nothing from the answer; the next start clears it.
        await browser.declarativeNetRequest
          .updateSessionRules({ removeRuleIds: [id] })
          .catch(() => undefined);
      }
    },
  };
}

function set([header, value]: [string, string]) {
  return {
    header,
    operation: 'set',
    value,
  } satisfies DeclarativeNetRequest.RuleActionRequestHeadersItemType;
}
