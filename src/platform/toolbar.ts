import { browser } from './browser.ts';
import { isFirefox } from './build.ts';
import { ambientStoreId, storeIdOf } from './stores.ts';

/** A button in the toolbar that has an icon of its own; without a tab or a window, all the others. */
interface Button {
  /** The cookie store that it tells of. */
  readonly storeId: string;
  readonly tabId?: number;
  readonly windowId?: number;
}

/** The extension's button in the toolbar. */
export interface Toolbar {
  /** @param tabId draws on this tab's button alone. */
  show(
    badge: { readonly text: string; readonly color: string; readonly title: string },
    tabId?: number,
  ): Promise<void>;
  /** The buttons that may have an icon of their own, as they are now. */
  buttons(): Promise<Button[]>;
  /** Draws a button's icon: in color, or the grey one. */
  setIcon(button: Button, isInColor: boolean): Promise<void>;
  /** Whether the button, and so its badge, is in sight. */
  isInSight(): Promise<boolean>;
  /**
   * Opens the popup where the browser allows it without a click: in the window given, unless a tab
   * of another store is in front there, or else in the one that has the focus.
   */
  openPopup(storeId: string, windowId: number | undefined): Promise<void>;
}

const isIncognito = !isFirefox && browser.extension.inIncognitoContext;

/**
 * Which buttons are ours to draw on. Chromium's two contexts share one badge, and what incognito
 * drew on it would outlive its windows: it draws on its own tabs, as long as they are there.
 */
async function targets(): Promise<{ tabId?: number }[]> {
  if (!isIncognito) return [{}];
  const tabs = await browser.tabs.query({}).catch(() => []);
  return tabs.flatMap(({ id }) => (id === undefined ? [] : [{ tabId: id }]));
}

/** The manifest's own. */
const popupPage = 'src/popup/index.html';

export const toolbar: Toolbar = {
  async show({ text, color, title }, tabId) {
    const drawn = (tabId === undefined ? await targets() : [{ tabId }]).map((target) =>
      Promise.all([
        browser.action.setBadgeText({ text, ...target }),
        browser.action.setBadgeBackgroundColor({ color, ...target }),
        browser.action.setTitle({ title, ...target }),
      ]),
    );
    // A tab that was closed meanwhile has no button to draw on.
    await Promise.allSettled(drawn);
  },
  async buttons() {
    const own = (await targets()).map((target) => ({ storeId: ambientStoreId, ...target }));
    if (!isFirefox) return own;
    // A window's button tells of the tab in front. What is drawn for a tab itself Firefox throws
    // away when the tab navigates; what is drawn for its window stays.
    const tabs = await browser.tabs.query({ active: true });
    const windows = tabs.flatMap(({ cookieStoreId: storeId = ambientStoreId, windowId }) =>
      windowId === undefined ? [] : [{ storeId, windowId }],
    );
    return [...own, ...windows];
  },
  async setIcon({ storeId: _, ...target }, isInColor) {
    // From the root: a worker has no page beside which to look for them.
    const file = `/icons/${isInColor ? 'icon' : 'icon-off'}`;
    const path = { 16: `${file}-16.png`, 32: `${file}-32.png` };
    // Firefox for Android shows no icons of extensions.
    await browser.action.setIcon?.({ path, ...target });
  },
  async isInSight() {
    const settings = await browser.action.getUserSettings?.().catch(() => undefined);
    return settings?.isOnToolbar ?? true;
  },
  openPopup(storeId, windowId) {
    opening = opening.then(() => openNow(storeId, windowId));
    return opening;
  },
};

/** One after another: each tells its own popup who has opened it. */
let opening: Promise<void> = Promise.resolve();

/** How long the browser may take to open it, in milliseconds. */
const openingLimit = 2_000;

async function openNow(storeId: string, windowId: number | undefined): Promise<void> {
  try {
    const window = windowId === undefined ? { currentWindow: true } : { windowId };
    const [active] = await browser.tabs.query({ active: true, ...window });
    if (!active || (await storeIdOf(active)) !== storeId) return;
    // The popup is told so, and begins nothing by itself.
    await browser.action.setPopup({ popup: `${popupPage}?opened-by=extension` });
    try {
      // Chromium lets extensions call this since 127.
      const opened = browser.action.openPopup?.(
        active.windowId === undefined ? {} : { windowId: active.windowId },
      );
      await Promise.race([opened, new Promise((resolve) => setTimeout(resolve, openingLimit))]);
    } finally {
      await browser.action.setPopup({ popup: popupPage });
    }
  } catch {
    // There may be no window to open it in; the badge tells all the same.
  }
}

/** Makes the popup one that a person opens: a former worker may have been stopped while it opened it. */
export async function resetPopup(): Promise<void> {
  await browser.action.setPopup({ popup: popupPage });
}

/**
 * Calls back when what was drawn for one of our tabs may be gone, or was never there: Chromium
 * throws it away at each navigation. Ordinary windows share one button, which is not thrown away.
 *
 * What wakes a worker Chromium notes once for both contexts: listeners of the incognito worker would
 * have every page of an ordinary window wake the ordinary one (seen in 156), for good. So that one
 * takes them off the notes, at the latest when it has been woken so; the incognito worker hears them
 * as long as it lives, and therefore keeps itself alive: until its last window is closed.
 */
export function onTabCleared(listener: (tabId: number) => void): void {
  if (isFirefox) return;
  const { onUpdated, onCreated, onActivated } = browser.tabs;
  if (!isIncognito) {
    const nobody = () => {};
    for (const event of [onUpdated, onCreated, onActivated]) {
      event.addListener(nobody);
      event.removeListener(nobody);
    }
    return;
  }
  onUpdated.addListener((tabId, { status }) => {
    if (status !== undefined) listener(tabId);
  });
  onCreated.addListener(({ id }) => {
    if (id !== undefined) listener(id);
  });
  onActivated.addListener(({ tabId }) => listener(tabId));
  // Wakes the worker for the first incognito window: before it runs, the button shows what the
  // ordinary one has drawn.
  browser.windows.onCreated.addListener(() => {});
  // Any call of the browser's counts against the 30 idle seconds after which it stops a worker.
  setInterval(() => void browser.runtime.getPlatformInfo(), 20_000);
}

/** Calls back when another tab comes to the front, whose store may be another one: in Firefox. */
export function onTabInFront(listener: () => void): void {
  if (isFirefox) browser.tabs.onActivated.addListener(() => listener());
}
