import type { Presence } from '../core/rules.ts';
import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { wantedEvents } from './wanted.ts';

/** How long counts as idle where nobody asks for it, in minutes: it wakes the worker seldom. */
const seldom = 240;

const secondsOf = (minutes: number | null) => (minutes ?? seldom) * 60;

/** Who uses the computer now. @param minutes without a key or the mouse that count as idle. */
export async function readPresence(minutes: number | null): Promise<Presence> {
  // Firefox for Android cannot tell.
  return (await browser.idle?.queryState(secondsOf(minutes))) ?? 'active';
}

/**
 * Calls back when the computer is used again, is not used any more, or is locked. Firefox never says
 * `locked`, and neither browser counts a playing video as use.
 * @returns a function that says whether that is wanted, and how many minutes count as idle, and
 *   answers whether a worker that is stopped now would be woken for it.
 */
export function onPresence(
  listener: (presence: Presence) => void,
): (isWanted: boolean, minutes: number | null) => boolean {
  const { idle } = browser;
  const wanted = wantedEvents('presence');
  const changed = (presence: Presence) => {
    listener(presence);
    passOn(presence).catch(() => undefined);
  };
  if (wanted.fromStart) idle?.onStateChanged.addListener(changed);
  if (isDeaf) onPassedOn(listener);
  let seconds: number | undefined;
  return (isWanted, minutes) => {
    if (isWanted) {
      idle?.onStateChanged.addListener(changed);
      // In Firefox it would begin to count anew.
      if (seconds !== secondsOf(minutes)) idle?.setDetectionInterval(secondsOf(minutes));
      seconds = secondsOf(minutes);
    } else {
      idle?.onStateChanged.removeListener(changed);
    }
    return wanted.note(isWanted);
  };
}

/**
 * Chromium tells the incognito context of an extension nothing, though it answers it (seen in 156):
 * the ordinary context passes on what it is told, by the storage that the two share.
 */
const isDeaf = !isFirefox && browser.extension.inIncognitoContext;
const key = 'presence';

async function passOn(presence: Presence): Promise<void> {
  if (isFirefox || isDeaf || !(await browser.extension.isAllowedIncognitoAccess())) return;
  // Said, and gone at once: nothing of it stays on disk, and the same thing is told twice.
  await browser.storage.local.set({ [key]: presence });
  await browser.storage.local.remove(key);
}

function onPassedOn(listener: (presence: Presence) => void): void {
  browser.storage.local.onChanged.addListener((changes) => {
    const said = changes[key]?.newValue as Presence | undefined;
    if (said) listener(said);
  });
}
