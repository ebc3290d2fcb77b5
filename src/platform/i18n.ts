import { browser } from './browser.ts';

/** A text of the browser's language. @returns '' for an unknown key. */
export function translate(key: string, ...substitutions: string[]): string {
  return browser.i18n.getMessage(key, substitutions);
}
