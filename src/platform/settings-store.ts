import browser from 'webextension-polyfill';

/**
 * The settings as they are stored: not to be trusted. Each is a key of its own, so that two changes
 * at once, on two pages or two machines, both last.
 */
export function readSettings(): Promise<unknown> {
  return browser.storage.sync.get(null);
}

export async function writeSetting(name: string, value: boolean): Promise<void> {
  await browser.storage.sync.set({ [name]: value });
}

/** Calls back after the settings were changed, in whatever page. */
export function onSettingsChanged(listener: () => void): void {
  browser.storage.sync.onChanged.addListener(() => listener());
}
