import type { Due, RuleSettings, RulesState } from '../src/core/rules.ts';
import type { ExtensionBrowser } from './browsers/extension-browser.ts';

/** Switches rules on, as the settings page does. */
export async function setRules(
  browser: ExtensionBrowser,
  rules: Partial<RuleSettings>,
): Promise<void> {
  await browser.inExtension((items) => chrome.storage.sync.set(items), { ...rules });
}

/** What is stored of the rules, those of private windows aside. */
export function storedRules(browser: ExtensionBrowser): Promise<RulesState> {
  return browser.inExtension(async () => {
    const { rules = { open: [], due: [], done: [] } } = await chrome.storage.local.get('rules');
    return rules as RulesState;
  }, null);
}

/** What is due. */
export const dueIn = async (browser: ExtensionBrowser) => (await storedRules(browser)).due;
/** The stores in which a tab of the site has been seen open. */
export const openIn = async (browser: ExtensionBrowser) => (await storedRules(browser)).open;

/**
 * Lets the time come of what is due, which is stored.
 * @param isTold whether the alarm goes off as well.
 */
export async function letTimeCome(browser: ExtensionBrowser, isTold = true): Promise<void> {
  await browser.inExtension(async (told) => {
    const { rules } = await chrome.storage.local.get('rules');
    const { due } = rules as RulesState;
    const passed = due.map((one: Due) => ({ ...one, at: Date.now() }));
    await chrome.storage.local.set({ rules: { ...(rules as RulesState), due: passed } });
    if (told) await chrome.alarms.create('rules', { when: Date.now() });
  }, isTold);
}
