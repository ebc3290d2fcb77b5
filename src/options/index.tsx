import { effect } from '@preact/signals-core';
import { render } from 'preact';
import * as access from '../platform/access.ts';
import { isFirefox } from '../platform/build.ts';
import { readShortcut } from '../platform/entry-points.ts';
import { translate } from '../platform/i18n.ts';
import { onSettingsChanged, readSettings, writeSetting } from '../platform/settings-store.ts';
import { parseSettings } from '../settings/settings.ts';
import type { Translate } from '../text/message.ts';
import { createOptionsModel } from './model.ts';
import { Options } from './Options.tsx';

const text: Translate = translate;

const model = createOptionsModel({
  readSettings: async () => parseSettings(await readSettings()),
  writeSetting,
  isAllowed: access.isTaskAllowed,
  request: access.requestTask,
  giveUp: access.giveUpTask,
  readShortcut,
  onChange: (listener) => {
    access.onPermissionsChanged(listener);
    onSettingsChanged(listener);
  },
});

document.documentElement.lang = text('lang');
document.title = `${text('name')}: ${text('settingsTitle')}`;
effect(() => render(<Options model={model} t={text} seesLock={!isFirefox} />, document.body));
