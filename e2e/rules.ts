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
 * An alarm goes off, upon which the rules look at what is due. Not the one that they have set: they
 * may set or clear that meanwhile, and then it never goes off.
 */
export async function ring(browser: ExtensionBrowser): Promise<void> {
  await browser.inExtension(async () => {
    const rung = new Promise((resolve) => chrome.alarms.onAlarm.addListener(resolve));
    await chrome.alarms.create('of a test', { when: Date.now() });
    await rung;
  }, null);
}

/** Waits until the worker has dealt with all that it has been told. */
export async function turnIsOver(browser: ExtensionBrowser): Promise<void> {
  const message = { type: 'mark-told', storeId: 'nobody’s' };
  await browser.inExtension((request) => chrome.runtime.sendMessage(request), message);
}

/** Lets the time come of what is due, as it is stored. */
export async function letTimeCome(browser: ExtensionBrowser): Promise<void> {
  await browser.inExtension(async () => {
    const { rules } = await chrome.storage.local.get('rules');
    const { due } = rules as RulesState;
    const passed = due.map((one: Due) => ({ ...one, at: Date.now() }));
    await chrome.storage.local.set({ rules: { ...(rules as RulesState), due: passed } });
  }, null);
}
