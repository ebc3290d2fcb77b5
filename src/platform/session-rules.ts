import type { DeclarativeNetRequest } from 'webextension-polyfill';
import { browser } from './browser.ts';

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

/** Half of the ids that a rule may have: the lowest bit tells whose it is. */
const idCount = 2 ** 29;

/** How long a rule stays after its request, in milliseconds. */
const removalDelay = 50;

/** A rule older than this is left behind, in milliseconds: no request takes so long. */
const longestLife = 60_000;

/** An address that no other request has, and that tells when it was made. */
export function uniqueUrl(url: string): string {
  return `${url}?_=${Date.now()}-${crypto.randomUUID()}`;
}

/** Whether the request of a rule must have ended. With the clock put back it says so early. */
function isLeftBehind({ condition }: DeclarativeNetRequest.Rule): boolean {
  const madeAt = /\?_=(\d+)-/.exec(condition.urlFilter ?? '')?.[1];
  return madeAt !== undefined && Math.abs(Date.now() - Number(madeAt)) > longestLife;
}

/**
 * Rules that set headers of our own requests. Session rules outlive a worker, and the two workers
 * of a split incognito extension share them. So each worker has ids of its own, even or odd, and
 * clears at its start what its own former life left behind. The other's are in use, unless they are
 * old: an incognito worker that went with its window does not come back to clear them.
 */
export function createSessionRules(half: 'even' | 'odd'): SessionRules {
  const parity = half === 'odd' ? 1 : 0;
  // Never 0, which is no id.
  const newId = () => (Math.floor(Math.random() * (idCount - 1)) + 1) * 2 + parity;
  const initiatorDomains = [new URL(browser.runtime.getURL('')).host];

  const clearOwn = async () => {
    const rules = await browser.declarativeNetRequest.getSessionRules();
    const removeRuleIds = rules
      .filter((rule) => rule.id % 2 === parity || isLeftBehind(rule))
      .map(({ id }) => id);
    if (removeRuleIds.length > 0) {
      await browser.declarativeNetRequest.updateSessionRules({ removeRuleIds });
    }
  };
  const cleared = clearOwn().catch(() => undefined);

  return {
    async during(rule, run) {
      await cleared;
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
        // Not waited for, and later, so that what follows the answer goes first. A rule that cannot
        // be removed changes no later answer, and the next start clears it.
        setTimeout(() => {
          browser.declarativeNetRequest
            .updateSessionRules({ removeRuleIds: [id] })
            .catch(() => undefined);
        }, removalDelay);
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
