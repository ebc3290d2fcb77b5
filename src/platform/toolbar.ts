import browser from 'webextension-polyfill';

/** The extension's button in the toolbar. */
export interface Toolbar {
  show(badge: {
    readonly text: string;
    readonly color: string;
    readonly title: string;
  }): Promise<void>;
  /** Whether the button, and so its badge, is in sight. */
  isInSight(): Promise<boolean>;
  /** Opens the popup where the browser allows it without a click. */
  openPopup(): Promise<void>;
}

export const toolbar: Toolbar = {
  async show({ text, color, title }) {
    await Promise.all([
      browser.action.setBadgeText({ text }),
      browser.action.setBadgeBackgroundColor({ color }),
      browser.action.setTitle({ title }),
    ]);
  },
  async isInSight() {
    const { isOnToolbar = true } = (await browser.action.getUserSettings?.()) ?? {};
    return isOnToolbar;
  },
  async openPopup() {
    // Chromium before 127 has no such call, and there may be no window to open it in.
    await browser.action.openPopup?.().catch(() => undefined);
  },
};
