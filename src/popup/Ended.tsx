import { accountCookieNames } from '../core/cookie.ts';
import { followUps } from '../core/follow-ups.ts';
import type { Fates } from '../core/outcome.ts';
import {
  type Ending,
  endingOf,
  fateTexts,
  followUpTexts,
  revocationTexts,
} from '../text/ending.ts';
import type { Translate } from '../text/message.ts';
import { ActionButton, OnlyThisBrowser } from './actions.tsx';
import { Heading } from './Heading.tsx';
import type { PopupModel } from './model.ts';
import { useTranslate } from './translate.ts';
import type { EndedView } from './view.ts';

interface EndedProps {
  readonly view: EndedView;
  readonly model: PopupModel;
  /** The store that this is about, where it is not the popup's own. */
  readonly storeId?: string;
}

function tell({ outcome, revocation }: EndedView, t: Translate): Ending {
  return endingOf(outcome, revocation, (names) => names.join(t('listSeparator')));
}

/** How a log-out of the popup's own store ended. */
export function Ended({ view, model }: EndedProps) {
  const t = useTranslate();
  const { isGood, title } = tell(view, t);
  return (
    <>
      <Heading tone={isGood ? 'good' : 'bad'}>{t(title)}</Heading>
      <Report view={view} model={model} />
    </>
  );
}

/** What happened, when, the proof, what followed, the next step, and each cookie's fate. */
export function Report({ view, model, storeId }: EndedProps) {
  const t = useTranslate();
  const { outcome, revocation } = view;
  const ending = tell(view, t);
  const cookies = 'cookies' in outcome ? outcome.cookies : undefined;
  return (
    <>
      {view.endedAt !== undefined && <EndTime at={view.endedAt} />}
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
      {followUps.map((task) => {
        const result = view.followUps?.[task];
        return (
          result && (
            <p key={task} role="status" data-follow-up={task} data-result={result}>
              {t(followUpTexts[task][result])}
            </p>
          )
        );
      })}
      {ending.answer.length > 0 && (
        <p class="quiet">
          {t('serverSaid', ending.answer.map((piece) => t(...piece)).join(t('listSeparator')))}
        </p>
      )}
      {ending.next.map((sentence) => (
        <p key={sentence[0]} class="next">
          {t(...sentence)}
        </p>
      ))}
      <Actions actions={ending.actions} model={model} {...(storeId && { storeId })} />
      {cookies && <CookieFates cookies={cookies} />}
    </>
  );
}

/** When it was: an end may be looked at hours later. */
function EndTime({ at }: { at: number }) {
  const t = useTranslate();
  const end = new Date(at);
  const isToday = end.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(t('lang'), {
    timeStyle: 'short',
    ...(!isToday && { dateStyle: 'medium' }),
  });
  return (
    <p class="quiet">
      <time dateTime={end.toISOString()}>{format.format(end)}</time>
    </p>
  );
}

function Actions({
  actions,
  model,
  storeId,
}: Omit<EndedProps, 'view'> & { readonly actions: Ending['actions'] }) {
  const t = useTranslate();
  const place = { model, ...(storeId && { storeId }) };
  return (
    <>
      {actions.map((action) => {
        if (action === 'remove-local') return <OnlyThisBrowser key={action} {...place} />;
        if (action === 'reload-tabs') {
          // Only the popup's own tabs are known.
          return storeId === undefined && model.tabIds.value.length > 0 ? (
            <div class="choice" key={action}>
              <p class="quiet">{t('reloadTabsHint')}</p>
              <ActionButton action={action} model={model} />
            </div>
          ) : null;
        }
        return (
          <div class="primary" key={action}>
            <ActionButton action={action} {...place} />
          </div>
        );
      })}
    </>
  );
}

/** One row for each account cookie. */
function CookieFates({ cookies }: { cookies: Fates }) {
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
