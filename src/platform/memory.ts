import { browser } from './browser.ts';
import { isFirefox } from './build.ts';

/** A place that keeps values until the browser ends, and that worker and pages see alike. */
export interface Memory {
  /** Everything that is there. */
  all(): Promise<Record<string, unknown>>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

const shared: Memory = {
  all: () => browser.storage.session.get(null),
  set: (key, value) => browser.storage.session.set({ [key]: value }),
  remove: (key) => browser.storage.session.remove(key),
};

/**
 * Chromium's incognito contexts share `storage.session` with the ordinary ones, where it would
 * outlive the last incognito window. Their cache storage is their own, and goes with it.
 */
function createIncognitoMemory(channel: BroadcastChannel): Memory {
  const opened = () => caches.open(name);
  // A cache takes web addresses only; this one is never asked for.
  const addressOf = (key: string) => `https://memory.invalid/${encodeURIComponent(key)}`;
  const keyOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1));
  return {
    async all() {
      const cache = await opened();
      const requests = await cache.keys();
      const entries = requests.map(async (request) => {
        const kept = await cache.match(request);
        return [keyOf(request.url), await kept?.json()];
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    async set(key, value) {
      await (await opened()).put(addressOf(key), Response.json(value));
      channel.postMessage({ key, value });
    },
    async remove(key) {
      await (await opened()).delete(addressOf(key));
      channel.postMessage({ key });
    },
  };
}

const name = 'memory';
const channel =
  !isFirefox && browser.extension.inIncognitoContext ? new BroadcastChannel(name) : undefined;

/** The memory of this context's kind of window. */
export const memory: Memory = channel ? createIncognitoMemory(channel) : shared;

/** Calls back after another context has changed something; the value is undefined where it went. */
export function onMemoryChanged(listener: (key: string, value: unknown) => void): void {
  if (channel) {
    channel.addEventListener('message', ({ data: { key, value } }) => listener(key, value));
    return;
  }
  browser.storage.session.onChanged.addListener((changes) => {
    for (const [key, { newValue }] of Object.entries(changes)) listener(key, newValue);
  });
}
