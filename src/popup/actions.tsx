import { useEffect, useRef, useState } from 'preact/hooks';
import type { Action } from '../text/ending.ts';
import type { Message, PlainKey } from '../text/message.ts';
import type { PopupModel } from './model.ts';
import { useTranslate } from './translate.ts';

/** What the buttons do, but for those that belong to one place only. */
const actions: Record<
  Exclude<Action, 'remove-local'>,
  { label(model: PopupModel): Message; run(model: PopupModel, storeId?: string): void }
> = {
  'log-out': { label: () => ['logOut'], run: (model) => model.logOut('server') },
  'log-out-everywhere': {
    label: ({ everywhere }) => ['logOutEverywhere', String(everywhere.value.length)],
    run: (model) => model.logOutEverywhere(),
  },
  'open-options': { label: () => ['openOptions'], run: (model) => model.openOptions() },
  retry: { label: () => ['retry'], run: (model, storeId) => model.logOut('server', storeId) },
  'grant-access': { label: () => ['grantAccess'], run: (model) => model.grantAccess() },
  'reload-tabs': {
    label: ({ tabIds: { value: ids } }) =>
      ids.length === 1 ? ['reloadOneTab'] : ['reloadTabs', String(ids.length)],
    run: (model) => model.reloadTabs(),
  },
};

interface ActionProps {
  readonly action: keyof typeof actions;
  readonly model: PopupModel;
  /** The store that it is about, where it is not the popup's own. */
  readonly storeId?: string;
  /** What the button says, where it is not the action's usual name. */
  readonly label?: PlainKey;
}

/** A button that does one thing. */
export function ActionButton({ action, model, storeId, label }: ActionProps) {
  const t = useTranslate();
  const { run, label: usual } = actions[action];
  return (
    <button type="button" data-action={action} onClick={() => run(model, storeId)}>
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

/** How long a button that destroys is on the screen before it can be pressed, in milliseconds. */
const armingTime = 500;

/** A button that destroys. It takes no press that was meant for what stood there a moment ago. */
function DestroyingButton({
  label,
  isConfirm = false,
  onPress,
}: {
  readonly label: PlainKey;
  readonly isConfirm?: boolean;
  readonly onPress: () => void;
}) {
  const t = useTranslate();
  const [isArmed, setIsArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsArmed(true), armingTime);
    return () => clearTimeout(timer);
  }, []);
  return (
    <button
      type="button"
      data-action="remove-local"
      data-confirm={isConfirm || undefined}
      disabled={!isArmed}
      onClick={onPress}
    >
      {t(label)}
    </button>
  );
}

/**
 * The quieter choice, with the sentence that says what it leaves undone. It destroys the only copy
 * of the log-in, so it never lies where another button was, and asks once more: a double click on
 * "Try again" must not reach it.
 */
export function OnlyThisBrowser({
  model,
  storeId,
}: {
  readonly model: PopupModel;
  readonly storeId?: string;
}) {
  const t = useTranslate();
  const [isOpen, setIsOpen] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const summary = useRef<HTMLElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);
  const cancel = () => {
    setIsAsking(false);
    summary.current?.focus();
  };
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary ref={summary}>{t('moreChoices')}</summary>
      <div class="choice">
        <p class="quiet">{t('removeLocalHint')}</p>
        {isAsking ? (
          <>
            <p class="next" role="alert">
              {t('removeLocalConfirm')}
            </p>
            <button type="button" data-action="cancel" ref={keep} onClick={cancel}>
              {t('cancel')}
            </button>
            <DestroyingButton
              label="removeLocalYes"
              isConfirm
              onPress={() => model.logOut('local', storeId)}
            />
          </>
        ) : (
          // A new button each time that it comes into sight.
          <DestroyingButton
            key={String(isOpen)}
            label="removeLocal"
            onPress={() => setIsAsking(true)}
          />
        )}
      </div>
    </details>
  );
}
