import { useEffect, useRef } from 'preact/hooks';
import type { Action } from '../text/ending.ts';
import type { Message, MessageKey } from '../text/message.ts';
import type { PopupModel } from './model.ts';
import { useTranslate } from './translate.ts';

const actions: Record<Action, { label(model: PopupModel): Message; run(model: PopupModel): void }> =
  {
    'log-out': { label: () => ['logOut'], run: (model) => model.logOut('server') },
    'log-out-everywhere': {
      label: ({ everywhere }) => ['logOutEverywhere', String(everywhere.value.length)],
      run: (model) => model.logOutEverywhere(),
    },
    'open-options': { label: () => ['openOptions'], run: (model) => model.openOptions() },
    retry: { label: () => ['retry'], run: (model) => model.logOut('server') },
    'remove-local': { label: () => ['removeLocal'], run: (model) => model.logOut('local') },
    'grant-access': { label: () => ['grantAccess'], run: (model) => model.grantAccess() },
    'reload-tabs': {
      label: ({ tabIds: { value: ids } }) =>
        ids.length === 1 ? ['reloadOneTab'] : ['reloadTabs', String(ids.length)],
      run: (model) => model.reloadTabs(),
    },
  };

interface ActionProps {
  readonly action: Action;
  readonly model: PopupModel;
  /** What the button says, where it is not the action's usual name. */
  readonly label?: MessageKey;
}

/** A button that does one thing. */
export function ActionButton({ action, model, label }: ActionProps) {
  const t = useTranslate();
  const { run, label: usual } = actions[action];
  return (
    <button type="button" data-action={action} onClick={() => run(model)}>
      {label ? t(label) : t(...usual(model))}
    </button>
  );
}

/** The one button that Enter presses when the popup has opened. */
export function PrimaryAction(props: ActionProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.querySelector('button')?.focus(), []);
  return (
    <div class="primary" ref={ref}>
      <ActionButton {...props} />
    </div>
  );
}

/** The quieter choice, with the sentence that says what it leaves undone. */
export function OnlyThisBrowser({ model }: { model: PopupModel }) {
  const t = useTranslate();
  return (
    <div class="choice">
      <ActionButton action="remove-local" model={model} />
      <p class="quiet">{t('removeLocalHint')}</p>
    </div>
  );
}
