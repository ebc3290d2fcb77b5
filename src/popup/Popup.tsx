import { storeName } from '../text/ending.ts';
import { Account } from './Account.tsx';
import { ActionButton, OnlyThisBrowser, PrimaryAction } from './actions.tsx';
import { Ended } from './Ended.tsx';
import { Heading } from './Heading.tsx';
import type { PopupModel } from './model.ts';
import { OtherStores } from './OtherStores.tsx';
import { Steps } from './Steps.tsx';
import { useTranslate } from './translate.ts';

/** The whole popup: a function of the model's view, and of the other stores. */
export function Popup({ model }: { model: PopupModel }) {
  const view = model.view.value;
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  return (
    <>
      <main
        // One element for each view: what takes the focus on arrival does so every time.
        key={view.name}
        data-view={view.name}
        data-outcome={end?.outcome.kind}
        data-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
        aria-busy={view.name === 'loading' || view.name === 'working'}
      >
        <StoreLabel model={model} />
        <Body model={model} />
      </main>
      <OtherStores model={model} />
      <footer>
        <ActionButton action="open-options" model={model} />
      </footer>
    </>
  );
}

/** Which jar this is about, where there is more than the ordinary one. */
function StoreLabel({ model }: { model: PopupModel }) {
  const t = useTranslate();
  const store = model.store.value;
  if (!store || (store.kind === 'default' && model.others.value.length === 0)) return null;
  return (
    <p class="quiet" data-own-store={store.id}>
      {t(...storeName(store))}
    </p>
  );
}

function Body({ model }: { model: PopupModel }) {
  const t = useTranslate();
  const view = model.view.value;
  switch (view.name) {
    case 'loading':
      return <Heading>{t('loading')}</Heading>;
    case 'no-access':
      return (
        <>
          <Heading tone="bad">{t('noAccessTitle')}</Heading>
          <p>{t('noAccessText')}</p>
          <p class="next">{t('noAccessNext')}</p>
          <PrimaryAction action="grant-access" model={model} />
        </>
      );
    case 'logged-out':
      return (
        <>
          <Heading>{t('loggedOutView')}</Heading>
          <p>{t(view.hasLeftovers ? 'leftoversText' : 'loggedOutViewText')}</p>
          {view.hasLeftovers && (
            <PrimaryAction action="log-out" label="removeLeftovers" model={model} />
          )}
        </>
      );
    case 'logged-in':
      return (
        <>
          <Account uid={view.uid} account={view.account} />
          <PrimaryAction action="log-out" model={model} />
          <OnlyThisBrowser model={model} />
        </>
      );
    case 'working':
      return (
        <>
          <Heading>{t('workingTitle')}</Heading>
          <Steps record={view.record} />
        </>
      );
    case 'finished':
    case 'failed':
      return <Ended view={view} model={model} />;
  }
}
