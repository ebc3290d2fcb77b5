/// <reference types="vite/client" />
import { signal } from '@preact/signals-core';
import { render } from 'preact';
import type { OptionsModel } from '../../src/options/model.ts';
import { Options } from '../../src/options/Options.tsx';
import optionsStyles from '../../src/options/styles.css?inline';
import { fault, type PopupModel, type PopupState as Shown } from '../../src/popup/model.ts';
import { Popup } from '../../src/popup/Popup.tsx';
import popupStyles from '../../src/popup/styles.css?inline';
import { TranslateContext } from '../../src/popup/translate.ts';
import { othersOf, storesWithSession, viewOf } from '../../src/popup/view.ts';
import type { Translate } from '../../src/text/message.ts';
import { type OptionsState, type PopupState, states, storesById } from './states.ts';

async function nothing(): Promise<void> {}

/** What the real model would show of facts that stand still. */
function shownOf({
  facts,
  hasFault = false,
  tabIds = [],
  countdown,
  due = [],
  done = [],
  offersRules = false,
}: PopupState): Shown {
  return {
    view: hasFault ? fault : viewOf(facts),
    store: facts?.own.store,
    others: othersOf(facts),
    everywhere: storesWithSession(facts),
    tabIds,
    countdown,
    countdownFrom: 3,
    ...{ due, done, offersRules },
    storeOf: (id) => storesById.get(id) ?? { id, kind: 'default' },
  };
}

/** A model whose buttons do nothing. */
function idle(state: Shown): PopupModel {
  return {
    state: signal(state),
    logOut: nothing,
    logOutEverywhere: nothing,
    stayLoggedIn: nothing,
    callOff: nothing,
    grantAccess: nothing,
    reloadTabs: nothing,
    openOptions: nothing,
  };
}

function optionsModelOf({ shown, refused, shortcut }: OptionsState): OptionsModel {
  return {
    shown: signal(shown),
    refused: signal(refused),
    shortcut: signal(shortcut),
    set: nothing,
    allow: nothing,
  };
}

/** Makes a page ready to show states. */
export function prepare({ head, documentElement }: Document, theme: string): void {
  head.append(head.ownerDocument.createElement('style'));
  documentElement.style.colorScheme = theme;
}

/** Shows a state in a page, in place of another one. Resolves when it has been drawn. */
export async function show({ head, body }: Document, name: string, t: Translate): Promise<void> {
  const state = states[name];
  if (!state) throw new Error(`There is no state ${name}.`);
  const isPopup = 'facts' in state;
  body.ownerDocument.documentElement.lang = t('lang');
  const style = head.querySelector('style');
  if (style) style.textContent = isPopup ? popupStyles : optionsStyles;
  // Nothing that the former state was left in goes over to this one.
  render(null, body);
  if (isPopup) {
    render(
      <TranslateContext.Provider value={t}>
        <Popup state={shownOf(state)} model={idle(shownOf(state))} />
      </TranslateContext.Provider>,
      body,
    );
    await choose(body, state.choices);
  } else {
    const { seesLock = true } = state;
    render(<Options model={optionsModelOf(state)} t={t} seesLock={seesLock} />, body);
  }
}

/** Goes as far with "Forget the log-in in this browser only", or with the details, as a person has. */
async function choose(body: HTMLElement, choices: PopupState['choices']): Promise<void> {
  if (!choices) return;
  if (choices === 'open') {
    for (const details of body.querySelectorAll('details')) details.open = true;
    return;
  }
  (await enabled(body, '[data-action="remove-local"]')).click();
  await enabled(body, '[data-confirm]');
}

/** The first button of this kind, as soon as it can be pressed. */
async function enabled(body: HTMLElement, selector: string): Promise<HTMLButtonElement> {
  for (;;) {
    const button = body.querySelector<HTMLButtonElement>(`${selector}:enabled`);
    if (button) return button;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
