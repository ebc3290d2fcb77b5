import { isGood } from '../core/outcome.ts';
import { endingOf, revocationTexts, storeName } from '../text/ending.ts';
import { ActionButton } from './actions.tsx';
import { CookieFates } from './Ended.tsx';
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
          <OtherStore key={other.store.id} {...other} />
        ))}
      </ul>
      {model.everywhere.value.length > 0 && (
        <ActionButton action="log-out-everywhere" model={model} />
      )}
    </aside>
  );
}

function OtherStore({ store, view }: OtherView) {
  const t = useTranslate();
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  const cookies = end && 'cookies' in end.outcome ? end.outcome.cookies : undefined;
  return (
    <li
      data-store={store.id}
      data-store-view={view.name}
      data-store-outcome={end?.outcome.kind}
      data-store-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
    >
      <p class="other">
        <strong>{t(...storeName(store))}</strong>
        <span class="quiet" data-tone={end && !isGood(end.outcome) ? 'bad' : undefined}>
          <Summary view={view} />
        </span>
      </p>
      {cookies && (
        <details>
          <summary>{t('cookiesLabel')}</summary>
          <CookieFates cookies={cookies} />
        </details>
      )}
    </li>
  );
}

function Summary({ view }: { view: View }) {
  const t = useTranslate();
  switch (view.name) {
    case 'logged-in':
      return view.uid === undefined ? t('uidUnknown') : t('uid', view.uid);
    case 'working':
      return t('workingTitle');
    case 'finished':
    case 'failed': {
      const { title, sentences } = endingOf(view.outcome, view.revocation, (names) =>
        names.join(' '),
      );
      const proof = view.revocation && revocationTexts[view.revocation][0];
      const further = sentences.slice(1).map((sentence) => t(...sentence));
      return [t(title), ...further, proof && t(proof)].filter(Boolean).join(' · ');
    }
    default:
      return null;
  }
}
