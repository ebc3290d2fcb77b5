import { browser } from './browser.ts';

/**
 * The settings as they are stored, not to be trusted: the person's own and the administrator's.
 * Each is a key of its own, so that two changes at once, on two pages or two machines, both last.
 * @param isOwnNeeded whether a policy is not enough.
 * @throws (rejects) while a policy cannot be read; and where the person's own settings cannot be, if
 *   they are needed or there is no policy.
 */
export async function readSettings(
  isOwnNeeded = false,
): Promise<{ sync: unknown; managed: unknown }> {
  const [own, managed] = await Promise.all([
    browser.storage.sync.get(null).then(
      (sync) => ({ sync }),
      (error: unknown) => ({ sync: unreadable, error }),
    ),
    readPolicy(),
  ]);
  // Where an administrator sets something, that is in force all the same.
  const isEnough = !isOwnNeeded && Object.keys(Object(managed)).length > 0;
  if ('error' in own && !isEnough) throw own.error;
  return { sync: own.sync, managed };
}

/**
 * In place of the person's own settings where those cannot be read, as in a Firefox whose
 * `webextensions.storage.sync.enabled` is off: nothing begins without being asked for.
 */
const unreadable = { toolbarClick: 'ask' };

/**
 * How long a policy is waited for, in milliseconds. Chromium answers at once, but may take two
 * seconds at its start; and after a change of the extension's site access it may not answer at all
 * (seen in Chromium 156, for half a minute). No log-out must hang on that.
 */
const policyPatience = 3_000;
/** The same where the reading before has not been answered. */
const policyPatienceAfterSilence = 200;
let hasPolicyAnswered = true;
/** What the last reading that was answered found; undefined before any was. */
let policy: unknown;

async function readPolicy(): Promise<unknown> {
  const patience = hasPolicyAnswered ? policyPatience : policyPatienceAfterSilence;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      hasPolicyAnswered = false;
      resolve();
    }, patience);
    const answer = (found: unknown) => {
      clearTimeout(timer);
      hasPolicyAnswered = true;
      policy = found;
      resolve();
    };
    // Firefox rejects where there is no policy, which it reads once, at its start:
    // https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/storage/managed
    browser.storage.managed.get(null).then(answer, () => answer(policy ?? {}));
  });
  // An administrator's word is not passed over because it is late.
  if (policy === undefined) throw new Error('The policy cannot be read.');
  return policy;
}

/** Stores one of the person's own settings, and touches no other key. */
export async function writeSetting(
  name: string,
  value: boolean | string | number | null,
): Promise<void> {
  await browser.storage.sync.set({ [name]: value });
}

/**
 * Calls back after settings were changed, in whatever page, on another machine or by a policy.
 * Of a policy Firefox tells nothing: there a change is seen with the next reading.
 */
export function onSettingsChanged(listener: () => void): void {
  // Not `storage.onChanged`: the worker would be told of every record that it writes itself.
  browser.storage.sync.onChanged.addListener(() => listener());
  browser.storage.managed.onChanged?.addListener(() => listener());
}
