import type { Alarms } from 'webextension-polyfill';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';

const watchdogName = 'watchdog';
const rulesName = 'rules';

/** The shortest that browsers grant a packed extension. */
const periodInMinutes = 0.5;

/**
 * Chromium writes alarms to the profile, those of incognito windows too: of those nothing may stay.
 * Before 150 it knows no such wish, and refuses it.
 */
async function create(name: string, when: Alarms.CreateAlarmInfoType): Promise<void> {
  if (isFirefox || !browser.extension.inIncognitoContext) return browser.alarms.create(name, when);
  try {
    await browser.alarms.create(name, { ...when, persistAcrossSessions: false } as object);
  } catch {
    await browser.alarms.create(name, when);
  }
}

/** Wakes the worker again and again while work is unfinished; waking is all that it takes. */
export const watchdog = {
  set: () => create(watchdogName, { periodInMinutes }),
  clear: async () => {
    await browser.alarms.clear(watchdogName);
  },
};

/**
 * Wakes the worker when a log-out by a rule is due. A browser may lose it: Firefox at its end,
 * Chromium before 150 sometimes then. What is stored counts, whenever the worker wakes.
 */
export const rulesAlarm = {
  /** @param when milliseconds since 1970. */
  set: (when: number) => create(rulesName, { when }),
  clear: async () => {
    await browser.alarms.clear(rulesName);
  },
};

/** Calls back at every alarm: without a listener it wakes nobody. */
export function onAlarm(listener: () => void): void {
  browser.alarms.onAlarm.addListener(() => listener());
}
