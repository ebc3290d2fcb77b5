import { browser } from './browser.ts';

const alarmName = 'watchdog';

/** The shortest that browsers grant a packed extension. */
const periodInMinutes = 0.5;

/** Wakes the worker again and again while work is unfinished; waking is all that it takes. */
export const watchdog = {
  set: () => browser.alarms.create(alarmName, { periodInMinutes }),
  clear: async () => {
    await browser.alarms.clear(alarmName);
  },
};

/** Registers for the alarm: without a listener it wakes nobody. */
export function acceptWakeups(): void {
  browser.alarms.onAlarm.addListener(() => undefined);
}
