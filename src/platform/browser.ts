import type { Browser } from 'webextension-polyfill';

const { browser: standard, chrome: older } = globalThis as unknown as Record<string, Browser>;

/**
 * The extension APIs, by their standard name. Firefox, and Chromium from 148 on, have that name; the
 * `chrome` of an older one answers by promises as well, under Manifest V3, in all that we use. The
 * one difference is how a message is answered: see `onMessage` in `runtime.ts`.
 * Source: https://developer.chrome.com/docs/extensions/develop/api#promises
 */
export const browser = (standard ?? older) as Browser;
