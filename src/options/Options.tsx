import type { SettingName } from '../settings/settings.ts';
import { settingNames } from '../settings/settings.ts';
import type { PlainKey, Translate } from '../text/message.ts';
import type { OptionsModel } from './model.ts';

const texts: Record<SettingName, { readonly label: PlainKey; readonly hint: PlainKey }> = {
  biligame: { label: 'settingBiligame', hint: 'settingBiligameHint' },
  siteData: { label: 'settingSiteData', hint: 'settingSiteDataHint' },
};

/** The options page: what follows a good log-out, and the keyboard shortcut. */
export function Options({ model, t }: { model: OptionsModel; t: Translate }) {
  const settings = model.settings.value;
  const shortcut = model.shortcut.value;
  return (
    <main aria-busy={settings === undefined}>
      <h1>{t('settingsTitle')}</h1>
      <fieldset>
        <legend>{t('settingsAfter')}</legend>
        {settingNames.map((name) => (
          <div key={name} class="choice">
            <label>
              <input
                type="checkbox"
                name={name}
                checked={settings?.[name] ?? false}
                disabled={settings === undefined}
                aria-describedby={`${name}-hint`}
                onChange={({ currentTarget }) => model.set(name, currentTarget.checked)}
              />{' '}
              {t(texts[name].label)}
            </label>
            <p id={`${name}-hint`} class="quiet">
              {t(texts[name].hint)}
            </p>
            {model.refused.value === name && (
              <p class="notice" role="alert">
                {t('settingRefused')}
              </p>
            )}
          </div>
        ))}
      </fieldset>
      {shortcut !== undefined && (
        <section>
          <h2>{t('shortcutTitle')}</h2>
          <p>{shortcut === '' ? t('shortcutNone') : t('shortcutIs', shortcut)}</p>
        </section>
      )}
    </main>
  );
}
