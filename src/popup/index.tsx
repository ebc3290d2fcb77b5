import { render } from 'preact';
import * as access from '../platform/access.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { translate } from '../platform/i18n.ts';
import { createJar, onCookiesChanged } from '../platform/jar.ts';
import { onRecordChanged, readRecord } from '../platform/records.ts';
import { send, watchWorker } from '../platform/runtime.ts';
import { ownStoreId } from '../platform/stores.ts';
import { reloadTabs, siteTabIds } from '../platform/tabs.ts';
import { createClient } from '../protocol/messages.ts';
import type { Translate } from '../text/message.ts';
import { createPopupModel } from './model.ts';
import { Popup } from './Popup.tsx';
import { TranslateContext } from './translate.ts';

const text: Translate = translate;
const storeId = ownStoreId;
const jar = createJar('bilibili.com', storeId, true);

const model = createPopupModel({
  storeId,
  ask: createClient(send),
  hasAccess: access.isGranted,
  requestAccess: access.requestAccess,
  listCookies: jar.list,
  readRecord: () => readRecord(storeId),
  fingerprint,
  onChange: (listener) => {
    access.onAccessChanged(listener);
    onCookiesChanged(listener);
    onRecordChanged(storeId, listener);
  },
  watchWorker,
  siteTabIds,
  reloadTabs,
});

document.documentElement.lang = text('lang');
document.title = text('name');
render(
  <TranslateContext.Provider value={text}>
    <Popup model={model} />
  </TranslateContext.Provider>,
  document.body,
);
