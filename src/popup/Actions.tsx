import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Action, adviceOf } from '../text/advice.ts';
import type { Message, PlainKey } from '../text/message.ts';
import { counted } from '../text/plural.ts';
import type { PopupModel, PopupState } from './model.ts';
import { useTranslate } from './translate.ts';
import type { EndedView } from './view.ts';

interface Shared {
  readonly state: PopupState;
  readonly model: PopupModel;
}

/** What a person can do now. */
export function Actions({ state, model }: Shared) {
  const t = useTranslate();
  const { view } = state;
  switch (view.name) {
    case 'loading':
    case 'working':
      return null;
    case 'no-access':
      return (
        <>
          <p>{t('adviceGrantAccess')}</p>
          <Button
            action="grant-access"
            text={['grantAccess']}
            onPress={model.grantAccess}
            isMain
            takesFocus
          />
        </>
      );
    case 'logged-out':
      return view.hasLeftovers ? (
        <>
          <p>{t('leftoversText')}</p>
          <Button
            action="log-out"
            text={['removeLeftovers']}
            onPress={() => model.logOut('server')}
            isMain
            takesFocus
          />
        </>
      ) : null;
    case 'logged-in':
      return state.countdown === undefined ? (
        <>
          {view.account?.liveness === 'dead' && <p>{t('logInDead')}</p>}
          <Button
            key="log-out"
            action="log-out"
            text={['logOut']}
            onPress={() => model.logOut('server')}
            isMain
            takesFocus
          />
          {/* A new one for each log-in: what was asked was about one of them. */}
          <OnlyThisBrowser key={view.sessionId} onPress={() => model.logOut('local')} />
        </>
      ) : (
        <>
          {view.account?.liveness === 'dead' && <p>{t('logInDead')}</p>}
          <Button
            key="log-out"
            action="log-out"
            text={['logOutNow']}
            onPress={() => model.logOut('server')}
            isMain
            takesFocus
          >
            <span class="clock" aria-hidden="true" />
          </Button>
          <Button
            key="cancel"
            action="cancel"
            text={['stayLoggedIn']}
            onPress={model.stayLoggedIn}
          />
        </>
      );
    case 'finished':
    case 'failed':
      return (
        <Next key={`${view.endedAt} ${view.sessionId}`} view={view} state={state} model={model} />
      );
  }
}

/** What to do after a log-out. */
export function Next({
  view,
  state,
  model,
  storeId,
}: Shared & {
  readonly view: EndedView;
  /** The store that this is about, where it is not the popup's own. */
  readonly storeId?: string;
}) {
  const t = useTranslate();
  const list = (names: readonly string[]) => names.join(t('listSeparator'));
  const { sentences, actions } = adviceOf(view.outcome, view.revocation, view.mode, list);
  const isWarning = view.revocation === 'still-alive';
  const buttons: Partial<Record<Action, () => preact.JSX.Element | null>> = {
    retry: () => (
      <Button
        action="retry"
        text={['retry']}
        onPress={() => model.logOut('server', storeId)}
        isMain={storeId === undefined}
      />
    ),
    'grant-access': () => (
      <Button
        action="grant-access"
        text={['grantAccess']}
        onPress={model.grantAccess}
        isMain={storeId === undefined}
      />
    ),
    'remove-local': () => <OnlyThisBrowser onPress={() => model.logOut('local', storeId)} />,
    'reload-tabs': () => {
      const count = state.tabIds.length;
      // Only the popup's own tabs are known.
      if (storeId !== undefined || count === 0) return null;
      const text = counted(t('lang'), count, 'reloadTabsOne', 'reloadTabsOther');
      return <Button action="reload-tabs" text={text} onPress={model.reloadTabs} />;
    },
  };
  return (
    <>
      {sentences.map((sentence) => (
        <p key={sentence[0]} class={isWarning ? 'loud' : undefined}>
          {t(...sentence)}
        </p>
      ))}
      {actions.map((action) => (
        <Part key={action}>{buttons[action]?.()}</Part>
      ))}
    </>
  );
}

function Part({ children }: { readonly children?: ComponentChildren }) {
  return <>{children}</>;
}

/** A button that does one thing. */
export function Button({
  action,
  text,
  onPress,
  isMain = false,
  takesFocus = false,
  describedBy,
  children,
}: {
  readonly action: Action;
  readonly text: Message;
  readonly onPress: () => void;
  readonly isMain?: boolean;
  /** Whether Enter presses it when it appears. Never where it appears by itself: a key may be held. */
  readonly takesFocus?: boolean;
  /** The id of what it is about, where its text alone does not say. */
  readonly describedBy?: string;
  readonly children?: ComponentChildren;
}) {
  const t = useTranslate();
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takesFocus) ref.current?.focus();
  }, [takesFocus]);
  return (
    <button
      ref={ref}
      type="button"
      class={isMain ? 'main' : undefined}
      data-action={action}
      aria-describedby={describedBy}
      onClick={() => onPress()}
    >
      {children}
      {t(...text)}
    </button>
  );
}

/** How long a button that destroys is on the screen before it can be pressed, in milliseconds. */
const armingTime = 500;

/** A button that takes no press that was meant for what stood there a moment ago. */
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
      class={isConfirm ? 'danger' : 'link'}
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
 * The quieter choice. It destroys the only copy of the log-in, so it asks once more, by a button
 * that stands where none was: a double click on "Try again" must not reach it.
 */
function OnlyThisBrowser({ onPress }: { readonly onPress: () => void }) {
  const t = useTranslate();
  const [isAsking, setIsAsking] = useState(false);
  const [wasAsked, setWasAsked] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
    else if (wasAsked) box.current?.focus();
  }, [isAsking, wasAsked]);
  return (
    <div class="choice" ref={box} tabIndex={-1}>
      {isAsking ? (
        <>
          <p role="alert">{t('removeLocalConfirm')}</p>
          <button
            type="button"
            data-action="cancel"
            ref={keep}
            onClick={() => {
              setIsAsking(false);
              setWasAsked(true);
            }}
          >
            {t('cancel')}
          </button>
          <DestroyingButton label="removeLocalYes" isConfirm onPress={onPress} />
        </>
      ) : (
        <DestroyingButton label="removeLocal" onPress={() => setIsAsking(true)} />
      )}
    </div>
  );
}
