import browser from 'webextension-polyfill';
import { storeIdOf } from './stores.ts';

/** The extension's button in the toolbar. */
export interface Toolbar {
  show(badge: {
    readonly text: string;
    readonly color: string;
    readonly title: string;
  }): Promise<void>;
  /** Whether the button, and so its badge, is in sight. */
  isInSight(): Promise<boolean>;
  /**
   * Opens the popup where the browser allows it without a click: in the window given, unless a tab
   * of another store is in front there, or else in the one that has the focus.
   */
  openPopup(storeId: string, windowId: number | undefined): Promise<void>;
}

/**
 * Which buttons are ours to draw on. Chromium's two contexts share one badge, and what incognito
 * drew on it would outlive its windows: it draws on its own tabs, as long as they are there.
 */
async function targets(): Promise<{ tabId?: number }[]> {
  if (!browser.extension.inIncognitoContext) return [{}];
  const tabs = await browser.tabs.query({}).catch(() => []);
  return tabs.flatMap(({ id }) => (id === undefined ? [] : [{ tabId: id }]));
}

/** The manifest's own. */
const popupPage = 'src/popup/index.html';

export const toolbar: Toolbar = {
  async show({ text, color, title }) {
    const drawn = (await targets()).map((target) =>
      Promise.all([
        browser.action.setBadgeText({ text, ...target }),
        browser.action.setBadgeBackgroundColor({ color, ...target }),
        browser.action.setTitle({ title, ...target }),
      ]),
    );
    // A tab that was closed meanwhile has no button to draw on.
    await Promise.allSettled(drawn);
  },
  async isInSight() {
    const settings = await browser.action.getUserSettings?.().catch(() => undefined);
    return settings?.isOnToolbar ?? true;
  },
  async openPopup(storeId, windowId) {
    try {
      const window = windowId === undefined ? { currentWindow: true } : { windowId };
      const [active] = await browser.tabs.query({ active: true, ...window });
      if (!active || (await storeIdOf(active)) !== storeId) return;
      // The popup is told so, and begins nothing by itself.
      await browser.action.setPopup({ popup: `${popupPage}?opened-by=extension` });
      try {
        // Chromium lets extensions call this since 127.
        await browser.action.openPopup?.(
          active.windowId === undefined ? {} : { windowId: active.windowId },
        );
      } finally {
        await browser.action.setPopup({ popup: popupPage });
      }
    } catch {
      // There may be no window to open it in; the badge tells all the same.
    }
  },
};
