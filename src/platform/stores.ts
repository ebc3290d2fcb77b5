import browser from 'webextension-polyfill';

/**
 * The cookie store that this context's own requests use. Chromium numbers its two; a split
 * incognito extension has a context for each.
 */
export const ownStoreId = browser.extension.inIncognitoContext ? '1' : '0';
