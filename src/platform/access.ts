import browser from 'webextension-polyfill';

/** Scheme-less on purpose: with `https://` alone the cookies API hides cookies that are not Secure. */
export const siteOrigins = ['*://*.bilibili.com/*'];

/** Whether this extension may see the site, which a person can withdraw at any time. */
export function isGranted(): Promise<boolean> {
  return browser.permissions.contains({ origins: siteOrigins });
}

/** Asks the person for access to the site. Works only from a click in a page of ours. */
export function requestAccess(): Promise<boolean> {
  return browser.permissions.request({ origins: siteOrigins });
}

/** Calls back whenever access to any site was granted or withdrawn. */
export function onAccessChanged(listener: () => void): void {
  browser.permissions.onAdded.addListener(listener);
  browser.permissions.onRemoved.addListener(listener);
}
