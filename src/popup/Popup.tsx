import { counted } from '../text/plural.ts';
import { Actions, Button } from './Actions.tsx';
import type { PopupModel, PopupState } from './model.ts';
import { OtherStores } from './OtherStores.tsx';
import { Rows, rowsOf } from './Rows.tsx';
import { Rules } from './Rules.tsx';
import { useTranslate } from './translate.ts';
import { StoreLabel, Who } from './Who.tsx';

/** The whole popup: a function of its state. */
export function Popup({
  state,
  model,
}: {
  readonly state: PopupState;
  readonly model: PopupModel;
}) {
  const { view } = state;
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  return (
    <>
      <main
        data-view={view.name}
        data-outcome={end?.outcome.kind}
        data-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
        aria-busy={view.name === 'loading' || view.name === 'working'}
      >
        <Who state={state} />
        {view.name !== 'logged-out' && <Rows view={view} />}
        {/* A new one for each view: what takes the focus on arrival does so every time. */}
        <div class="do" key={view.name}>
          <Actions state={state} model={model} />
        </div>
        <Announcement state={state} />
      </main>
      <OtherStores state={state} model={model} />
      <Rules state={state} model={model} />
      <footer>
        <Countdown state={state} />
        <Button
          action="open-options"
          text={[state.offersRules ? 'offerRules' : 'openOptions']}
          onPress={model.openOptions}
        />
      </footer>
    </>
  );
}

/** How long it is until the log-out begins by itself; otherwise, which window this is about. */
function Countdown({ state }: { readonly state: PopupState }) {
  const t = useTranslate();
  if (state.countdown === undefined) {
    // Beside whose log-in it is, where there is one.
    const isTold = state.view.name === 'logged-in' || state.view.name === 'working';
    return isTold ? null : <StoreLabel state={state} />;
  }
  const text = counted(t('lang'), state.countdown, 'countdownOne', 'countdownOther');
  // Read out once, by the announcement, and not every second.
  return <span aria-hidden="true">{t(...text)}</span>;
}

/** What is read out when it comes: the countdown once, each step as it begins, what failed, and the proof. */
function Announcement({
  state: { view, countdown, countdownFrom },
}: {
  readonly state: PopupState;
}) {
  const t = useTranslate();
  const current = () => {
    if (countdown !== undefined) {
      return t(...counted(t('lang'), countdownFrom, 'countdownOne', 'countdownOther'));
    }
    if (view.name === 'working') {
      const now = rowsOf(view).find(({ state }) => state === 'now');
      return now ? t(...now.text) : '';
    }
    const [first, , proof] = rowsOf(view);
    if (view.name === 'finished' && proof) return t(...proof.text);
    if (view.name === 'failed' && first) return t(...first.text);
    return '';
  };
  return (
    <p class="visually-hidden" role="status">
      {current()}
    </p>
  );
}
