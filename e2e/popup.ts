import type { Step } from '../src/core/log-out.ts';
import type { Fates, OutcomeKind, Revocation } from '../src/core/outcome.ts';
import type { View } from '../src/popup/view.ts';
import type { Action } from '../src/text/ending.ts';
import type { ExtensionBrowser, PageLike } from './browsers/extension-browser.ts';

/** What a popup shows, by the names that styles and tests may rely on. */
export interface Shown {
  view: View['name'];
  outcome?: OutcomeKind;
  revocation?: Revocation;
  /** The step under way. */
  step?: Step;
  fates: Partial<Fates>;
  actions: Action[];
  text: string;
}

/** How long a popup is given to show something, in milliseconds. */
const patience = 30_000;

/** The popup, opened as a page. */
export interface Popup<P extends PageLike = PageLike> {
  readonly page: P;
  shown(): Promise<Shown>;
  /** Waits until the popup shows all of this. */
  waitFor(
    expected: Partial<Pick<Shown, 'view' | 'outcome' | 'revocation' | 'step'>>,
  ): Promise<Shown>;
  /** Waits until the popup holds this text. */
  waitForText(text: string): Promise<Shown>;
  press(action: Action): Promise<void>;
  close(): Promise<void>;
}

/** Opens the real popup page in a tab. */
export async function openPopup<B extends ExtensionBrowser>(
  browser: B,
): Promise<Popup<Awaited<ReturnType<B['openOwnPage']>>>> {
  type P = Awaited<ReturnType<B['openOwnPage']>>;
  const page = (await browser.openOwnPage('src/popup/index.html')) as P;
  const shown = () => page.evaluate(readPopup, undefined) as Promise<Shown>;
  return {
    page,
    shown,
    async waitFor(expected) {
      const met = await page.evaluate(waitForPopup, { expected, patience });
      const now = await shown();
      if (!met)
        throw new Error(`Waited for ${JSON.stringify(expected)}, got ${JSON.stringify(now)}`);
      return now;
    },
    async waitForText(text) {
      const met = await page.evaluate(waitForPopup, { expected: { text }, patience });
      const now = await shown();
      if (!met) throw new Error(`Waited for “${text}”, got ${JSON.stringify(now)}`);
      return now;
    },
    async press(action) {
      await page.evaluate((name) => {
        const button = document.querySelector<HTMLButtonElement>(`button[data-action="${name}"]`);
        if (!button) throw new Error(`There is no button ${name}.`);
        button.click();
      }, action);
    },
    async close() {
      await page.close();
    },
  };
}

// The functions below run in the page and can use nothing from outside themselves.

function readPopup(): unknown {
  const main = document.querySelector('main');
  const { view, outcome, revocation } = main?.dataset ?? {};
  const step = document.querySelector<HTMLElement>('[data-step][data-state="now"]')?.dataset[
    'step'
  ];
  const rows = [...document.querySelectorAll<HTMLElement>('li[data-cookie]')];
  const buttons = [...document.querySelectorAll<HTMLElement>('button[data-action]')];
  return {
    view,
    ...(outcome && { outcome }),
    ...(revocation && { revocation }),
    ...(step && { step }),
    fates: Object.fromEntries(rows.map(({ dataset }) => [dataset['cookie'], dataset['fate']])),
    actions: buttons.map(({ dataset }) => dataset['action']),
    text: document.body.textContent,
  };
}

function waitForPopup({
  expected,
  patience,
}: {
  expected: Partial<Record<'view' | 'outcome' | 'revocation' | 'step' | 'text', string>>;
  patience: number;
}): Promise<boolean> {
  const { step, text = '', ...attributes } = expected;
  const isMet = () => {
    const main = document.querySelector('main');
    return (
      main?.textContent.includes(text) &&
      Object.entries(attributes).every(([name, value]) => main.dataset[name] === value) &&
      (step === undefined ||
        document.querySelector(`[data-step="${step}"][data-state="now"]`) !== null)
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
