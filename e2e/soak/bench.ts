import type { Page } from 'playwright';

/** A cookie of the jar. */
export type JarCookie = Pick<chrome.cookies.Cookie, 'name' | 'value' | 'domain' | 'path'> & {
  readonly hostOnly: boolean;
  readonly secure: boolean;
  readonly partition: string | undefined;
};

/** What happened in the browser, in order. */
export type LogEntry =
  | {
      readonly kind: 'cookie';
      readonly cookie: JarCookie;
      readonly removed: boolean;
      /** `explicit`: an extension; `expired_overwrite`: the server; `overwrite`: a newer cookie. */
      readonly cause: string;
    }
  /** The record of a log-out has got its outcome; in milliseconds since 1970. */
  | { readonly kind: 'ended'; readonly at: number };

/** All that a round has left in the browser. */
export interface Traces {
  readonly jar: JarCookie[];
  readonly log: LogEntry[];
  /** Everything that was ever put into a storage area in this round, as JSON. */
  readonly stored: string;
}

/** The page of the extension's origin from which a round is arranged and looked at. */
export interface Bench {
  /** Empties the storage, removes what a failed round has left, and begins a new log. */
  reset(): Promise<void>;
  /**
   * Waits until nothing is under way any more: the record has its outcome and its proof, no header
   * rule is there, no alarm, no badge of work.
   * @param writes how often the record must have been written at least.
   * @returns what is still under way after the limit.
   */
  rest(writes: number): Promise<readonly string[]>;
  /** How often the record has been written in this round. */
  writes(): Promise<number>;
  /** Resolves when it has been written so many times, or at the next reset. */
  untilWritten(times: number): Promise<void>;
  traces(): Promise<Traces>;
  set(cookies: readonly chrome.cookies.SetDetails[]): Promise<void>;
  /** Removes account cookies as a person might by hand: these of one session, or all. */
  remove(values?: readonly string[]): Promise<void>;
  /** Wakes the worker, and resolves when it answers. */
  ping(): Promise<void>;
  /** Sends the worker a message as the popup does. */
  send(message: unknown): Promise<unknown>;
}

/** How long the extension may take to come to rest, in milliseconds: two timeouts and a proof. */
const restLimit = 60_000;

/** @param page one of the extension's origin that runs nothing of its own. */
export async function createBench(page: Page): Promise<Bench> {
  await page.evaluate(install, restLimit);
  return {
    reset: () => page.evaluate(() => soak.reset()),
    rest: (writes) => page.evaluate((atLeast) => soak.rest(atLeast), writes),
    writes: () => page.evaluate(() => soak.writes),
    untilWritten: (times) => page.evaluate((count) => soak.untilWritten(count), times),
    traces: () => page.evaluate(() => soak.traces()),
    set: (cookies) => page.evaluate((all) => soak.set(all), cookies),
    remove: (values) => page.evaluate((only) => soak.remove(only), values),
    ping: () => page.evaluate(() => soak.ping()),
    send: (message) => page.evaluate((value) => chrome.runtime.sendMessage(value), message),
  };
}

type Installed = Omit<Bench, 'writes' | 'send' | 'set' | 'remove'> & {
  readonly writes: number;
  set(cookies: readonly chrome.cookies.SetDetails[]): Promise<void>;
  remove(values: readonly string[] | undefined): Promise<void>;
};

declare const soak: Installed;

/** Runs in the page, and can use nothing from outside itself. */
function install(limit: number): void {
  // What is known here of the stored record; the only place that knows its shape.
  type Stored = { state?: { phase?: string; revocation?: string; followUps?: object } };
  const isRecord = (key: string) => key.startsWith('log-out:');
  const hasOutcome = (record: Stored | undefined) => record?.state?.phase === 'ended';
  const isOver = (record: Stored) =>
    hasOutcome(record) &&
    record.state?.revocation !== 'asking' &&
    !Object.values(record.state?.followUps ?? {}).includes('working');

  let log: LogEntry[] = [];
  let stored: string[] = [];
  let writes = 0;
  let waiters: { times: number; resolve: () => void }[] = [];
  let changed = () => {};

  const plain = (cookie: chrome.cookies.Cookie): JarCookie => {
    const { name, value, domain, path, hostOnly, secure, partitionKey } = cookie;
    const partition = partitionKey?.topLevelSite;
    return { name, value, domain, path, hostOnly, secure, partition };
  };
  chrome.cookies.onChanged.addListener(({ cookie, removed, cause }) => {
    log.push({ kind: 'cookie', cookie: plain(cookie), removed, cause });
  });
  chrome.storage.onChanged.addListener((changes, area) => {
    for (const [key, { oldValue, newValue }] of Object.entries(changes)) {
      stored.push(`${area} ${key} ${JSON.stringify(newValue)}`);
      if (!isRecord(key) || area !== 'session' || newValue === undefined) continue;
      writes += 1;
      if (hasOutcome(newValue as Stored) && !hasOutcome(oldValue as Stored)) {
        log.push({ kind: 'ended', at: Date.now() });
      }
    }
    for (const { times, resolve } of waiters) if (times <= writes) resolve();
    waiters = waiters.filter(({ times }) => times > writes);
    changed();
  });

  const busy = async (atLeast: number): Promise<string[]> => {
    const [session, rules, alarms, badge] = await Promise.all([
      chrome.storage.session.get(null),
      chrome.declarativeNetRequest.getSessionRules(),
      chrome.alarms.getAll(),
      chrome.action.getBadgeText({}),
    ]);
    const records = Object.entries(session).filter(([key]) => isRecord(key));
    return [
      ...(writes < atLeast ? ['a log-out that was asked for has not begun'] : []),
      ...records
        .filter(([, record]) => !isOver(record as Stored))
        .map(([key, record]) => `working: ${key} ${JSON.stringify((record as Stored).state)}`),
      ...rules.map(() => 'a header rule is left'),
      // What a rule has due is tried again in a minute: that is rest.
      ...alarms
        .filter(({ name }) => name !== 'rules')
        .map(({ name }) => `the alarm ${name} is left`),
      ...(badge === '…' ? ['the badge says “…”'] : []),
    ];
  };
  const ping = async () => {
    // Any message does; this one is none of the extension's.
    await chrome.runtime.sendMessage({ type: 'soak' }).catch(() => undefined);
  };
  // Rules, alarms and badges tell nobody that they have changed: looked at anew every so often.
  const something = () =>
    new Promise<void>((resolve) => {
      changed = resolve;
      setTimeout(resolve, 30);
    });
  const accountNames = /^(SESSDATA|bili_jct|DedeUserID)(__ckMd5)?$/;
  const jar = () => chrome.cookies.getAll({ domain: 'bilibili.com', partitionKey: {} });

  const installed: Installed = {
    async reset() {
      for (const popup of chrome.extension.getViews({ type: 'popup' })) popup.close();
      await Promise.all([
        chrome.storage.session.clear(),
        chrome.storage.local.clear(),
        chrome.storage.sync.clear(),
      ]);
      // What a round has left that failed.
      await chrome.alarms.clearAll();
      const removeRuleIds = (await chrome.declarativeNetRequest.getSessionRules()).map(
        ({ id }) => id,
      );
      await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds });
      // A popup that opens is to begin nothing by itself.
      await chrome.storage.sync.set({ toolbarClick: 'ask', logOutWhenIdle: 1 });
      for (const { resolve } of waiters) resolve();
      [log, stored, waiters, writes] = [[], [], [], 0];
    },
    async rest(atLeast) {
      const until = performance.now() + limit;
      for (let looks = 0; ; ) {
        const reasons = await busy(atLeast);
        // Twice, with an answer of the worker in between: what was asked for has begun by then.
        looks = reasons.length === 0 ? looks + 1 : 0;
        if (looks === 2 || performance.now() > until) return reasons;
        if (looks === 1) await ping();
        else await something();
      }
    },
    get writes() {
      return writes;
    },
    untilWritten: (times) =>
      new Promise((resolve) => {
        if (times <= writes) resolve();
        else waiters.push({ times, resolve });
      }),
    async traces() {
      const areas = [chrome.storage.session, chrome.storage.local, chrome.storage.sync] as const;
      const now = await Promise.all(areas.map((area) => area.get(null)));
      return {
        jar: (await jar()).map(plain),
        log,
        stored: [...stored, ...now.map((area) => JSON.stringify(area))].join('\n'),
      };
    },
    async set(cookies) {
      for (const cookie of cookies) {
        if (!(await chrome.cookies.set(cookie))) throw new Error(`Not set: ${cookie.name}`);
      }
    },
    async remove(values) {
      for (const cookie of await jar()) {
        const { name, path, domain, hostOnly, secure, value, partitionKey } = cookie;
        if (!accountNames.test(name) || (values && !values.includes(value))) continue;
        const url = `https://${domain.replace(/^\./, '')}${path}`;
        // Not `cookies.remove`: it takes every cookie of the name that the address is sent.
        const own = { ...(!hostOnly && { domain }), ...(partitionKey && { partitionKey }) };
        const expired = { url, name, path, secure, expirationDate: 1, ...own };
        // One that has gone meanwhile cannot be removed.
        await chrome.cookies.set(expired).catch(() => undefined);
      }
    },
    ping,
  };
  Reflect.set(globalThis, 'soak', installed);
}
