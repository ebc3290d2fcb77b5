import { effect } from '@preact/signals-core';
import { render } from 'preact';
import { exitAddress } from '../core/endpoint.ts';
import * as access from '../platform/access.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { translate } from '../platform/i18n.ts';
import { listCookies, onCookiesChanged } from '../platform/jar.ts';
import { memory } from '../platform/memory.ts';
import { onRecordChanged, readRecords } from '../platform/records.ts';
import { isFirstOffer, lookAtRules, onRulesChanged } from '../platform/rules-store.ts';
import { openOptions, send, watchWorker } from '../platform/runtime.ts';
import { readSettings } from '../platform/settings-store.ts';
import { listStores, storeIdOf, storeOf } from '../platform/stores.ts';
import { isInTab, reloadTabs, siteTabIds } from '../platform/tabs.ts';
import { createClient } from '../protocol/messages.ts';
import { parseSettings } from '../settings/settings.ts';
import type { Translate } from '../text/message.ts';
import { createPopupModel } from './model.ts';
import { Popup } from './Popup.tsx';
import { TranslateContext } from './translate.ts';

const text: Translate = translate;

const model = createPopupModel({
  ownStoreId: storeIdOf,
  listStores,
  storeOf,
  ask: createClient(send),
  hasAccess: access.isGranted,
  requestAccess: access.requestAccess,
  listCookies: (storeId) => listCookies('bilibili.com', storeId),
  readRecords,
  fingerprint,
  onChange: (listener) => {
    access.onPermissionsChanged(listener);
    onCookiesChanged(listener);
  },
  onRecordChanged,
  watchWorker,
  siteTabIds,
  reloadTabs,
  readReloaded: async () => (await memory.all())['reloaded'],
  noteReloaded: (id) => memory.set('reloaded', id),
  openOptions,
  readSettings: async () => parseSettings(await readSettings()).settings,
  readRules: lookAtRules,
  onRulesChanged,
  isFirstOffer,
  // The extension says so where it opens the popup by itself: `platform/toolbar.ts`. In a tab Chromium
  // lets any other extension open it.
  isOpenedByPerson: async () => location.search === '' && !(await isInTab()),
  onHidden: (listener) => {
    document.addEventListener('visibilitychange', () => document.hidden && listener());
  },
  now: Date.now,
  after: (milliseconds, callback) => setTimeout(callback, milliseconds),
});

document.documentElement.lang = text('lang');
document.title = text('name');
effect(() => {
  const state = model.state.value;
  // The page itself is drawn so: there is nothing to be drawn before the first facts are there.
  if (state.view.name === 'loading') return;
  render(
    <TranslateContext.Provider value={text}>
      <Popup state={state} model={model} />
    </TranslateContext.Provider>,
    document.body,
  );
});
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') model.stayLoggedIn();
});

// The worker's request uses the connection that the popup has opened meanwhile.
const stopWarming = effect(() => {
  if (model.state.value.view.name !== 'logged-in') return;
  const link = document.createElement('link');
  link.rel = 'preconnect';
  link.href = `https://${exitAddress.host}`;
  document.head.append(link);
  queueMicrotask(() => stopWarming());
});
