import { endingOf, storeName } from '../text/ending.ts';
import { ActionButton } from './actions.tsx';
import { Report } from './Ended.tsx';
import type { PopupModel } from './model.ts';
import { useTranslate } from './translate.ts';
import type { OtherView, View } from './view.ts';

/** The sessions in the browser's other stores, and the button that ends them all. */
export function OtherStores({ model }: { model: PopupModel }) {
  const t = useTranslate();
  const others = model.others.value;
  if (others.length === 0) return null;
  return (
    <aside aria-labelledby="others">
      <h2 id="others">{t('othersTitle')}</h2>
      <ul>
        {others.map((other) => (
          <OtherStore key={other.store.id} {...other} model={model} />
        ))}
      </ul>
      {model.everywhere.value.length > 0 && (
        <ActionButton action="log-out-everywhere" model={model} />
      )}
    </aside>
  );
}

function OtherStore({ store, view, model }: OtherView & { model: PopupModel }) {
  const t = useTranslate();
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  const ending = end && endingOf(end.outcome, end.revocation, (names) => names.join(' '));
  return (
    <li
      data-store={store.id}
      data-store-view={view.name}
      data-store-outcome={end?.outcome.kind}
      data-store-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
    >
      <p class="other">
        <strong>{t(...storeName(store))}</strong>
        <span class="quiet" data-tone={ending && !ending.isGood ? 'bad' : undefined}>
          {ending ? t(ending.title) : <Account view={view} />}
        </span>
      </p>
      {end && (
        // What a person should not miss is open; a good end can be looked at.
        <details open={!ending?.isGood}>
          <summary>{t('details')}</summary>
          <div class="report">
            <Report view={end} model={model} storeId={store.id} />
          </div>
        </details>
      )}
    </li>
  );
}

/** Whose session it is: a container has no other name that we may know. */
function Account({ view }: { view: View }) {
  const t = useTranslate();
  if (view.name === 'working') return t('workingTitle');
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
