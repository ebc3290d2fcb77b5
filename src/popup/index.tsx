import { render } from 'preact';
import * as access from '../platform/access.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { translate } from '../platform/i18n.ts';
import { listCookies, onCookiesChanged } from '../platform/jar.ts';
import { onRecordsChanged, readRecords } from '../platform/records.ts';
import { openOptions, send, watchWorker } from '../platform/runtime.ts';
import { listStores, storeIdOf, storeOf } from '../platform/stores.ts';
import { reloadTabs, siteTabIds } from '../platform/tabs.ts';
import { createClient } from '../protocol/messages.ts';
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
    access.onAccessChanged(listener);
    onCookiesChanged(listener);
    onRecordsChanged(listener);
  },
  watchWorker,
  siteTabIds,
  reloadTabs,
  openOptions,
});

document.documentElement.lang = text('lang');
document.title = text('name');
render(
  <TranslateContext.Provider value={text}>
    <Popup model={model} />
  </TranslateContext.Provider>,
  document.body,
);
