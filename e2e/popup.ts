import type { FollowUp, FollowUpResult } from '../src/core/follow-ups.ts';
import type { Step } from '../src/core/order.ts';
import type { Fates, OutcomeKind, Revocation } from '../src/core/outcome.ts';
import type { View } from '../src/popup/view.ts';
import type { Action } from '../src/text/advice.ts';
import { type ExtensionBrowser, type PageLike, patience } from './browsers/extension-browser.ts';

/** What a popup shows, by the names that styles and tests may rely on. */
export interface Shown {
  view: View['name'];
  outcome?: OutcomeKind;
  revocation?: Revocation;
  /** The step under way. */
  step?: Step;
  fates: Partial<Fates>;
  actions: Action[];
  /** What followed a good end. */
  followUps: Partial<Record<FollowUp, FollowUpResult | 'working'>>;
  /** The stores beside the popup's own. */
  others: (Pick<Shown, 'view' | 'outcome' | 'revocation' | 'fates'> & { store: string })[];
  text: string;
}

type Expected = Partial<Pick<Shown, 'view' | 'outcome' | 'revocation' | 'step'>>;

/** The popup, opened as a page. */
export interface Popup<P extends PageLike = PageLike> {
  readonly page: P;
  shown(): Promise<Shown>;
  /** Waits until the popup shows all of this. */
  waitFor(expected: Expected): Promise<Shown>;
  /** The same for what it shows of another store. */
  waitForOther(store: string, expected: Omit<Expected, 'step'>): Promise<Shown>;
  /** Waits until a task that follows a good end has this result. */
  waitForFollowUp(task: FollowUp, result: FollowUpResult): Promise<Shown>;
  /** Waits until the popup holds this text. */
  waitForText(text: string): Promise<Shown>;
  press(action: Action): Promise<void>;
  /** Chooses "only this browser", and confirms it. */
  removeLocally(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the real popup page in a tab.
 * @param store the cookie store of that tab, and so of the popup: the default one if not given.
 */
export async function openPopup<B extends ExtensionBrowser>(
  browser: B,
  store?: string,
): Promise<Popup<Awaited<ReturnType<B['openOwnPage']>>>> {
  type P = Awaited<ReturnType<B['openOwnPage']>>;
  const page = (await browser.openOwnPage('src/popup/index.html', store)) as P;
  const shown = () => page.evaluate(readPopup, undefined) as Promise<Shown>;
  const wait = async (expected: Wanted) => {
    const isMet = await page.evaluate(waitForPopup, { expected, patience });
    const now = await shown();
    if (!isMet)
      throw new Error(`Waited for ${JSON.stringify(expected)}, got ${JSON.stringify(now)}`);
    return now;
  };
  return {
    page,
    shown,
    waitFor: wait,
    waitForOther: (id, expected) => wait({ ...expected, store: id }),
    waitForFollowUp: (task, result) => wait({ followUps: `${task}=${result}` }),
    waitForText: (text) => wait({ text }),
    async press(action) {
      await page.evaluate((name) => {
        const button = document.querySelector<HTMLButtonElement>(`button[data-action="${name}"]`);
        if (!button) throw new Error(`There is no button ${name}.`);
        button.click();
      }, action);
    },
    async removeLocally() {
      const missing = await page.evaluate(removeLocally, patience);
      if (missing) throw new Error(`There is no button ${missing}`);
    },
    async close() {
      await page.close();
    },
  };
}

type Wanted = Partial<
  Record<'view' | 'outcome' | 'revocation' | 'step' | 'text' | 'store' | 'followUps', string>
>;

// The functions below run in the page and can use nothing from outside themselves.

function readPopup(): unknown {
  const fatesIn = (part: ParentNode | null | undefined) =>
    Object.fromEntries(
      [...(part?.querySelectorAll<HTMLElement>('li[data-cookie]') ?? [])].map(({ dataset }) => [
        dataset['cookie'],
        dataset['fate'],
      ]),
    );
  const main = document.querySelector('main');
  const { view, outcome, revocation } = main?.dataset ?? {};
  const step = main?.querySelector<HTMLElement>('[data-step][data-state="now"]')?.dataset['step'];
  const buttons = [...(main?.querySelectorAll<HTMLElement>('button[data-action]') ?? [])];
  const others = [...document.querySelectorAll<HTMLElement>('[data-store]')];
  return {
    view,
    ...(outcome && { outcome }),
    ...(revocation && { revocation }),
    ...(step && { step }),
    fates: fatesIn(main),
    actions: buttons.map(({ dataset }) => dataset['action']),
    followUps: Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-follow-up]')].map(({ dataset }) => [
        dataset['followUp'],
        dataset['result'],
      ]),
    ),
    others: others.map((other) => ({
      store: other.dataset['store'],
      view: other.dataset['storeView'],
      outcome: other.dataset['storeOutcome'],
      revocation: other.dataset['storeRevocation'],
      fates: fatesIn(other),
    })),
    text: document.body.textContent,
  };
}

/** Presses each of its two buttons as soon as that can be pressed. */
async function removeLocally(patience: number): Promise<string | undefined> {
  const press = (selector: string) =>
    new Promise<boolean>((resolve) => {
      const tryNow = () => {
        const button = document.querySelector<HTMLButtonElement>(`${selector}:enabled`);
        button?.click();
        if (button) finish(true);
      };
      const timer = setTimeout(() => finish(false), patience);
      const observer = new MutationObserver(tryNow);
      const finish = (isPressed: boolean) => {
        clearTimeout(timer);
        observer.disconnect();
        resolve(isPressed);
      };
      observer.observe(document, { attributes: true, childList: true, subtree: true });
      tryNow();
    });
  for (const selector of [
    '[data-action="remove-local"]:not([data-confirm])',
    '[data-action="remove-local"][data-confirm]',
  ]) {
    if (!(await press(selector))) return `${selector}: ${document.body.innerHTML}`;
  }
  return undefined;
}

function waitForPopup({
  expected,
  patience,
}: {
  expected: Wanted;
  patience: number;
}): Promise<boolean> {
  const { step, text = '', store, followUps, ...attributes } = expected;
  const [task, result] = followUps?.split('=') ?? [];
  const isMet = () => {
    const part = document.querySelector<HTMLElement>(store ? `[data-store="${store}"]` : 'main');
    const attribute = (name: string) =>
      part?.getAttribute(store ? `data-store-${name}` : `data-${name}`);
    return (
      part !== null &&
      document.body.textContent.includes(text) &&
      Object.entries(attributes).every(([name, value]) => attribute(name) === value) &&
      (task === undefined ||
        part.querySelector(`[data-follow-up="${task}"][data-result="${result}"]`) !== null) &&
      (step === undefined || part.querySelector(`[data-step="${step}"][data-state="now"]`) !== null)
    );
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(false), patience);
    const observer = new MutationObserver(() => isMet() && finish(true));
    const finish = (met: boolean) => {
      clearTimeout(timer);
      observer.disconnect();
      resolve(met);
    };
    observer.observe(document, {
      attributes: true,
      childList: true,
      subtree: true,
      characterData: true,
    });
    if (isMet()) finish(true);
  });
}
