import { aftercareTasks } from '../core/aftercare.ts';
import { accountCookieNames } from '../core/cookie.ts';
import type { Fates } from '../core/outcome.ts';
import { aftercareTexts, endingOf, fateTexts, revocationTexts } from '../text/ending.ts';
import { ActionButton, OnlyThisBrowser } from './actions.tsx';
import { Heading } from './Heading.tsx';
import type { PopupModel } from './model.ts';
import { useTranslate } from './translate.ts';
import type { View } from './view.ts';

type EndedView = Extract<View, { name: 'finished' | 'failed' }>;

/** How a log-out ended: what happened, each cookie's fate, the proof, and the next step. */
export function Ended({ view, model }: { view: EndedView; model: PopupModel }) {
  const t = useTranslate();
  const { outcome, revocation } = view;
  const ending = endingOf(outcome, revocation, (names) => names.join(t('listSeparator')));
  const cookies = 'cookies' in outcome ? outcome.cookies : undefined;
  return (
    <>
      <Heading tone={ending.isGood ? 'good' : 'bad'}>{t(ending.title)}</Heading>
      {ending.sentences.map((sentence) => (
        <p key={sentence[0]}>{t(...sentence)}</p>
      ))}
      {revocation && (
        <div class="proof" data-proof={revocation} role="status">
          {revocationTexts[revocation].map((key) => (
            <p key={key}>{t(key)}</p>
          ))}
        </div>
      )}
      {aftercareTasks.map((task) => {
        const result = view.aftercare?.[task];
        return (
          result && (
            <p key={task} role="status" data-aftercare={task} data-result={result}>
              {t(aftercareTexts[task][result])}
            </p>
          )
        );
      })}
      {ending.answer.length > 0 && (
        <p class="quiet">
          {t('serverSaid', ending.answer.map((piece) => t(...piece)).join(t('listSeparator')))}
          {ending.serverMessage !== undefined && <q>{ending.serverMessage}</q>}
        </p>
      )}
      {ending.next.map((sentence) => (
        <p key={sentence[0]} class="next">
          {t(...sentence)}
        </p>
      ))}
      <Actions actions={ending.actions} model={model} />
      {cookies && <CookieFates cookies={cookies} />}
    </>
  );
}

function Actions({
  actions,
  model,
}: {
  actions: ReturnType<typeof endingOf>['actions'];
  model: PopupModel;
}) {
  const t = useTranslate();
  return (
    <>
      {actions.map((action) => {
        if (action === 'remove-local') return <OnlyThisBrowser key={action} model={model} />;
        if (action !== 'reload-tabs') {
          return (
            <div class="primary" key={action}>
              <ActionButton action={action} model={model} />
            </div>
          );
        }
        return model.tabIds.value.length > 0 ? (
          <div class="choice" key={action}>
            <p class="quiet">{t('reloadTabsHint')}</p>
            <ActionButton action={action} model={model} />
          </div>
        ) : null;
      })}
    </>
  );
}

/** One row for each account cookie. */
export function CookieFates({ cookies }: { cookies: Fates }) {
  const t = useTranslate();
  return (
    <ul class="cookies" aria-label={t('cookiesLabel')}>
      {accountCookieNames.map((name) => (
        <li key={name} data-cookie={name} data-fate={cookies[name]}>
          <code>{name}</code>
          <span>{t(fateTexts[cookies[name]])}</span>
        </li>
      ))}
    </ul>
  );
}
