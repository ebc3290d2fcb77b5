import type { Cookie } from '../core/cookie.ts';
import type { Attached } from '../core/testing/wire.ts';
import type { World } from '../core/testing/world.ts';

// For tests: a Chromium for the whole worker, with a jar, and with things stored.

const areaNames = ['session', 'local', 'sync', 'managed'] as const;
export type Stored = Partial<Record<(typeof areaNames)[number], Record<string, unknown>>>;
type Listener = (...details: unknown[]) => unknown;

/** A rule for the headers of one request, as far as the worker makes any. */
interface HeaderRule {
  readonly id: number;
  readonly condition: { readonly urlFilter: string };
  readonly action: {
    readonly requestHeaders: readonly Header[];
    readonly responseHeaders?: readonly Header[];
  };
}
interface Header {
  readonly header: string;
  readonly value: string;
}

/** What a browser may fail to do. */
export const failures = [
  ...['session.get', 'session.set', 'session.remove', 'local.get', 'local.set', 'sync.get'],
  ...['managed.get', 'cookies.getAll', 'cookies.set', 'updateSessionRules', 'getSessionRules'],
  ...['permissions.contains', 'alarms.create', 'alarms.clear', 'tabs.query', 'setIcon'],
] as const;

/** More often than this a worker asks for something only where it goes round in circles. */
export const callLimit = 2_000;

/** @param broken what fails whenever it is asked for. */
export function createBrowser(world: World, stored: Stored, broken: readonly string[]) {
  const listeners = new Map<string, Listener[]>();
  const event = (name: string) => ({
    addListener: (listener: Listener) =>
      void listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    removeListener: () => undefined,
  });
  const doing = <D extends unknown[], R>(name: string, act: (...details: D) => R) => {
    return async (...details: D): Promise<R> => {
      fake.calls += 1;
      if (fake.calls > callLimit) await new Promise(() => undefined);
      if (broken.includes(name)) throw new Error('The browser fails.');
      return act(...details);
    };
  };
  const nothing = () => undefined;
  const areas = new Map(areaNames.map((name) => [name, { ...stored[name] }]));
  const areaOf = (name: (typeof areaNames)[number]) => {
    const values = areas.get(name) ?? {};
    return {
      get: doing(`${name}.get`, (key: string | null) =>
        key === null ? { ...values } : Object.hasOwn(values, key) ? { [key]: values[key] } : {},
      ),
      set: doing(`${name}.set`, (items: object) => void Object.assign(values, items)),
      remove: doing(`${name}.remove`, (key: string) => void delete values[key]),
      onChanged: event(`${name}.onChanged`),
    };
  };
  const rules = new Map<number, HeaderRule>();
  const { jar } = world.needs;
  const browser = {
    runtime: {
      id: 'own',
      getURL: (path: string) => `chrome-extension://own/${path}`,
      ...{ onMessage: event('onMessage'), onConnect: event('onConnect') },
      ...{ onInstalled: event('onInstalled'), onStartup: event('onStartup') },
    },
    extension: { inIncognitoContext: false, isAllowedIncognitoAccess: async () => false },
    i18n: { getMessage: (key: string) => key },
    storage: Object.fromEntries(areaNames.map((name) => [name, areaOf(name)])),
    cookies: {
      getAll: doing('cookies.getAll', jar.list),
      /** Only ever asked to set a cookie anew, expired. */
      set: doing('cookies.set', ({ url, domain, ...parts }: Cookie & { readonly url: string }) =>
        jar.remove({ ...parts, domain: domain ?? new URL(url).host }),
      ),
      onChanged: event('cookies.onChanged'),
    },
    permissions: {
      contains: doing('permissions.contains', () => world.isGranted),
      ...{ onAdded: event('onAdded'), onRemoved: event('onRemoved') },
    },
    declarativeNetRequest: {
      getSessionRules: doing('getSessionRules', () => [...rules.values()]),
      updateSessionRules: doing(
        'updateSessionRules',
        (change: { addRules?: HeaderRule[]; removeRuleIds?: number[] }) => {
          for (const id of change.removeRuleIds ?? []) rules.delete(id);
          for (const rule of change.addRules ?? []) rules.set(rule.id, rule);
        },
      ),
    },
    alarms: {
      create: doing('alarms.create', nothing),
      clear: doing('alarms.clear', nothing),
      onAlarm: event('onAlarm'),
    },
    action: Object.fromEntries(
      ['setBadgeText', 'setBadgeBackgroundColor', 'setTitle', 'setIcon', 'setPopup'].map((name) => [
        name,
        doing(name, nothing),
      ]),
    ),
    tabs: {
      query: doing('tabs.query', () => []),
      ...Object.fromEntries(
        ['onRemoved', 'onUpdated', 'onReplaced', 'onCreated', 'onActivated'].map((name) => [
          name,
          event(name),
        ]),
      ),
    },
    idle: {
      queryState: async () => 'active',
      setDetectionInterval: nothing,
      onStateChanged: event('onStateChanged'),
    },
    windows: { onRemoved: event('windows.onRemoved'), onCreated: event('windows.onCreated') },
    commands: { onCommand: event('onCommand') },
    contextMenus: { onClicked: event('onClicked') },
  };
  const fake = {
    /** How often the worker has asked for something. */
    calls: 0,
    browser,
    areas,
    fire(name: string, ...details: unknown[]) {
      for (const listener of listeners.get(name) ?? []) listener(...details);
    },
    /** What the rules in force attach to the request of an address, and to its reply. */
    attachedTo(url: string): Attached {
      const rule = [...rules.values()].find(({ condition }) => condition.urlFilter === `|${url}|`);
      const cookie = rule?.action.requestHeaders.find(({ header }) => header === 'cookie');
      const receipt = rule?.action.responseHeaders?.[0];
      return {
        cookie: cookie?.value,
        receipt: receipt && { name: receipt.header, value: receipt.value },
      };
    },
  };
  return fake;
}
