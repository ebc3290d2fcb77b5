import browser from 'webextension-polyfill';

const key = 'settings';

/** The settings as they are stored: not to be trusted. */
export async function readSettings(): Promise<unknown> {
  return (await browser.storage.local.get(key))[key];
}

export async function writeSettings(settings: Readonly<Record<string, boolean>>): Promise<void> {
  await browser.storage.local.set({ [key]: settings });
}

/** Calls back after the settings were changed, in whatever page. */
export function onSettingsChanged(listener: () => void): void {
  browser.storage.local.onChanged.addListener((changes) => {
    if (key in changes) listener();
  });
}
