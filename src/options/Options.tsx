import type { ComponentChildren } from 'preact';
import type { FollowUp } from '../core/follow-ups.ts';
import {
  type MinutesName,
  type SettingName,
  type SwitchName,
  type ToolbarClick,
  toolbarClicks,
} from '../settings/settings.ts';
import type { PlainKey, Translate } from '../text/message.ts';
import { counted } from '../text/plural.ts';
import type { OptionsModel, ShownSettings } from './model.ts';

interface Words {
  readonly label: PlainKey;
  readonly hint: PlainKey;
}

const toolbarClickWords: Record<ToolbarClick, Words> = {
  ask: { label: 'toolbarClickAsk', hint: 'toolbarClickAskHint' },
  countdown: { label: 'toolbarClickCountdown', hint: 'toolbarClickCountdownHint' },
  'at-once': { label: 'toolbarClickAtOnce', hint: 'toolbarClickAtOnceHint' },
};
const switchWords: Record<SwitchName, Words> = {
  reloadTabs: { label: 'settingReloadTabs', hint: 'settingReloadTabsHint' },
  biligame: { label: 'settingBiligame', hint: 'settingBiligameHint' },
  siteData: { label: 'settingSiteData', hint: 'settingSiteDataHint' },
  logOutWhenLocked: { label: 'settingWhenLocked', hint: 'settingWhenLockedHint' },
  logOutAtStart: { label: 'settingAtStart', hint: 'settingAtStartHint' },
};
const minutesWords: Record<MinutesName, Words> = {
  logOutAfterLastTab: { label: 'settingAfterLastTab', hint: 'settingAfterLastTabHint' },
  logOutWhenIdle: { label: 'settingWhenIdle', hint: 'settingWhenIdleHint' },
};
/** The times that the page offers, in minutes. */
const offered: Record<MinutesName, readonly number[]> = {
  logOutAfterLastTab: [0, 1, 5, 15, 60],
  logOutWhenIdle: [1, 5, 10, 15, 30, 60],
};
const afterLogOut = ['reloadTabs', 'biligame', 'siteData'] as const satisfies SwitchName[];

interface Props {
  readonly model: OptionsModel;
  readonly t: Translate;
}

/**
 * The options page: what the toolbar button does, what logs out by itself, what follows a good
 * log-out, the shortcut.
 * @param seesLock whether this browser tells when the screen is locked.
 */
export function Options({ model, t, seesLock }: Props & { readonly seesLock: boolean }) {
  const shown = model.shown.value;
  const shortcut = model.shortcut.value;
  return (
    <main aria-busy={shown === undefined}>
      <header>
        <p class="quiet">{t('name')}</p>
        <h1>{t('settingsTitle')}</h1>
      </header>
      {shown && <NotUnderstood {...shown.notUnderstood} t={t} />}
      <ToolbarButton model={model} t={t} />
      <fieldset>
        <legend>{t('settingsByItself')}</legend>
        <div class="card">
          <Minutes name="logOutAfterLastTab" model={model} t={t} />
          <Minutes name="logOutWhenIdle" model={model} t={t} />
          {seesLock ? (
            <Switch name="logOutWhenLocked" model={model} t={t} />
          ) : (
            <p class="choice quiet" data-unseen="logOutWhenLocked">
              {t('settingLockUnseen', t(minutesWords.logOutWhenIdle.label))}
            </p>
          )}
          <Switch name="logOutAtStart" model={model} t={t} />
        </div>
      </fieldset>
      <fieldset>
        <legend>{t('settingsAfter')}</legend>
        <div class="card">
          {afterLogOut.map((name) => (
            <Switch key={name} name={name} model={model} t={t} />
          ))}
        </div>
      </fieldset>
      {shortcut !== undefined && (
        <section>
          <h2>{t('shortcutTitle')}</h2>
          <p class="card">{shortcut === '' ? t('shortcutNone') : t('shortcutIs', shortcut)}</p>
        </section>
      )}
    </main>
  );
}

/** What was passed over, and by whom it was set. */
function NotUnderstood({ managed, sync, t }: ShownSettings['notUnderstood'] & Pick<Props, 't'>) {
  if (managed.length + sync.length === 0) return null;
  const list = (
    names: readonly SettingName[],
    key: 'policyNotUnderstood' | 'settingNotUnderstood',
  ) =>
    names.map((name) => (
      <p key={name} data-not-understood={name}>
        {t(key, t(titleOf(name)))}
      </p>
    ));
  return (
    <div class="notice">
      {list(managed, 'policyNotUnderstood')}
      {list(sync, 'settingNotUnderstood')}
    </div>
  );
}

/** What a setting is called on this page. */
function titleOf(name: SettingName): PlainKey {
  return name === 'toolbarClick'
    ? 'settingsToolbarButton'
    : { ...switchWords, ...minutesWords }[name].label;
}

function ToolbarButton({ model, t }: Props) {
  const shown = model.shown.value;
  const isLocked = shown?.locked.includes('toolbarClick') ?? false;
  return (
    <fieldset>
      <legend>{t('settingsToolbarButton')}</legend>
      <div class="card">
        {toolbarClicks.map((value) => (
          <Row
            key={value}
            id={`toolbarClick-${value}`}
            words={toolbarClickWords[value]}
            t={t}
            type="radio"
            name="toolbarClick"
            value={value}
            checked={shown?.settings.toolbarClick === value}
            disabled={shown === undefined || isLocked}
            notes={isLocked ? ['toolbarClick-locked'] : []}
            onChoose={() => model.set('toolbarClick', value)}
          />
        ))}
        {isLocked && <Locked name="toolbarClick" t={t} />}
      </div>
    </fieldset>
  );
}

function Switch({ name, model, t }: Props & { readonly name: SwitchName }) {
  const shown = model.shown.value;
  const isLocked = shown?.locked.includes(name) ?? false;
  const toAllow = shown?.notAllowed.find((task) => task === name);
  const notes = [...(isLocked ? [`${name}-locked`] : []), ...(toAllow ? [`${name}-missing`] : [])];
  return (
    <Row
      id={name}
      words={switchWords[name]}
      t={t}
      type="checkbox"
      name={name}
      checked={shown?.settings[name] ?? false}
      disabled={shown === undefined || isLocked}
      notes={notes}
      onChoose={(isOn) => model.set(name, isOn)}
    >
      {isLocked && <Locked name={name} t={t} />}
      {toAllow && <Missing task={toAllow} model={model} t={t} />}
      {model.refused.value === name && (
        <p class="refused" role="alert">
          {t('settingRefused')}
        </p>
      )}
    </Row>
  );
}

/** A time to choose from those offered, and whatever other one is set; or off. */
function Minutes({ name, model, t }: Props & { readonly name: MinutesName }) {
  const shown = model.shown.value;
  const isLocked = shown?.locked.includes(name) ?? false;
  const { label, hint } = minutesWords[name];
  const set = shown?.settings[name] ?? null;
  // One that was not understood is none of these: else "off" would seem to be chosen, and could not be.
  const isUnclear = set === null && (shown?.notUnderstood.sync.includes(name) ?? false);
  const times = [...new Set([...offered[name], ...(set === null ? [] : [set])])];
  return (
    <div class="choice">
      <label>
        <span>{t(label)}</span>
        <select
          name={name}
          value={isUnclear ? '?' : (set ?? '')}
          disabled={shown === undefined || isLocked}
          aria-describedby={`${name}-hint${isLocked ? ` ${name}-locked` : ''}`}
          onChange={({ currentTarget: { value } }) =>
            model.set(name, value === '' ? null : Number(value))
          }
        >
          {isUnclear && <option value="?" disabled />}
          <option value="">{t('ruleOff')}</option>
          {times
            .sort((a, b) => a - b)
            .map((minutes) => (
              <option key={minutes} value={minutes}>
                {minutes === 0
                  ? t('ruleAtOnce')
                  : t(...counted(t('lang'), minutes, 'ruleMinutesOne', 'ruleMinutesOther'))}
              </option>
            ))}
        </select>
      </label>
      <p id={`${name}-hint`} class="quiet">
        {t(hint)}
      </p>
      {isLocked && <Locked name={name} t={t} />}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly words: Words;
  readonly t: Translate;
  readonly type: 'radio' | 'checkbox';
  readonly name: SettingName;
  readonly value?: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  /** The ids of what else describes it, beside its hint. */
  readonly notes: readonly string[];
  onChoose(isOn: boolean): void;
  readonly children?: ComponentChildren;
}

/** A radio button or a checkbox with what it is called, what it means, and what is to be said of it. */
function Row({ id, words, t, notes, onChoose, children, ...input }: RowProps) {
  return (
    <div class="choice">
      <label>
        <input
          {...input}
          aria-describedby={[`${id}-hint`, ...notes].join(' ')}
          // Not `change`: choosing what is shown already replaces a value that was not understood.
          // The keyboard's choices are clicks too.
          onClick={({ currentTarget }) => onChoose(currentTarget.checked)}
        />
        <span>{t(words.label)}</span>
      </label>
      <p id={`${id}-hint`} class="quiet">
        {t(words.hint)}
      </p>
      {children}
    </div>
  );
}

function Locked({ name, t }: { readonly name: SettingName; readonly t: Translate }) {
  return (
    <p id={`${name}-locked`} class="locked" data-locked={name}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2" />
        <rect x="3" y="7" width="10" height="7" rx="1.5" />
      </svg>
      {t('settingLocked')}
    </p>
  );
}

function Missing({ task, model, t }: Props & { readonly task: FollowUp }) {
  return (
    <div class="missing">
      <p id={`${task}-missing`}>{t('settingNotAllowed')}</p>
      <button
        type="button"
        data-action="grant-access"
        aria-describedby={`${task}-missing`}
        onClick={() => model.allow(task)}
      >
        {t('settingAllow')}
      </button>
    </div>
  );
}
