import { Account } from './Account.tsx';
import { OnlyThisBrowser, PrimaryAction } from './actions.tsx';
import { Ended } from './Ended.tsx';
import { Heading } from './Heading.tsx';
import type { PopupModel } from './model.ts';
import { Steps } from './Steps.tsx';
import { useTranslate } from './translate.ts';

/** The whole popup: a function of the model's view. */
export function Popup({ model }: { model: PopupModel }) {
  const view = model.view.value;
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  return (
    <main
      // One element for each view: what takes the focus on arrival does so every time.
      key={view.name}
      data-view={view.name}
      data-outcome={end?.outcome.kind}
      data-revocation={end?.revocation === 'asking' ? undefined : end?.revocation}
      aria-busy={view.name === 'loading' || view.name === 'working'}
    >
      <Body model={model} />
    </main>
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
          <details>
            <summary>{t('moreChoices')}</summary>
            <OnlyThisBrowser model={model} />
          </details>
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
