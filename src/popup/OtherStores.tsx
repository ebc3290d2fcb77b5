import { storeName } from '../text/labels.ts';
import { counted } from '../text/plural.ts';
import { isWell, titleOf } from '../text/title.ts';
import { Button, Next } from './Actions.tsx';
import type { PopupModel, PopupState } from './model.ts';
import { Rows } from './Rows.tsx';
import { useTranslate } from './translate.ts';
import type { OtherView, View } from './view.ts';

interface Shared {
  readonly state: PopupState;
  readonly model: PopupModel;
}

/** The log-ins in the browser's other stores, and the button that ends them all. */
export function OtherStores({ state, model }: Shared) {
  const t = useTranslate();
  const { others, everywhere } = state;
  if (others.length === 0) return null;
  return (
    <aside aria-labelledby="others">
      <h2 id="others">{t('othersTitle')}</h2>
      <ul>
        {others.map((other) => (
          <OtherStore key={other.store.id} other={other} state={state} model={model} />
        ))}
      </ul>
      {everywhere.length > 0 && (
        <Button
          action="log-out-everywhere"
          text={counted(t('lang'), everywhere.length, 'everywhereOne', 'everywhereOther')}
          onPress={model.logOutEverywhere}
        />
      )}
    </aside>
  );
}

function OtherStore({
  other: { store, view },
  state,
  model,
}: Shared & { readonly other: OtherView }) {
  const t = useTranslate();
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  const isGood = end === undefined || isWell(end.outcome, end.revocation);
  return (
    <li
      data-store={store.id}
      data-store-view={view.name}
      data-store-outcome={end?.outcome.kind}
      data-store-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
    >
      <p class="other">
        <strong>{t(...storeName(store))}</strong>
        <span class="quiet" data-tone={isGood ? undefined : 'bad'}>
          {end ? t(titleOf(end.outcome, end.revocation)) : <Account view={view} />}
        </span>
      </p>
      {end && (
        // What a person should not miss is open; a good end can be looked at.
        <details open={!isGood}>
          <summary>{t('details')}</summary>
          <Rows view={end} />
          <div class="do">
            <Next
              key={`${end.endedAt} ${end.sessionId}`}
              view={end}
              state={state}
              model={model}
              storeId={store.id}
            />
          </div>
        </details>
      )}
    </li>
  );
}

/** Whose log-in it is: a container has no other name that we may know. */
function Account({ view }: { readonly view: View }) {
  const t = useTranslate();
  if (view.name === 'working') return t('titleWorking');
  if (view.name !== 'logged-in') return null;
  const number = view.uid === undefined ? t('uidUnknown') : t('uid', view.uid);
  const name = view.account?.profile?.name;
  return (
    <>
      {name !== undefined && (
        <>
          <bdi>{name}</bdi>
          {' · '}
        </>
      )}
      <bdi>{number}</bdi>
    </>
  );
}
