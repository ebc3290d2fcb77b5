import type { ComponentChildren } from 'preact';
import { accountCookieNames } from '../core/cookie.ts';
import { followUps } from '../core/follow-ups.ts';
import type { Fates, Outcome } from '../core/outcome.ts';
import { fateTexts, followUpState, followUpTexts, stateTexts } from '../text/labels.ts';
import type { Message } from '../text/message.ts';
import { plan, progressRows, type Row, receiptRows } from '../text/rows.ts';
import { Icon } from './Icon.tsx';
import { useTranslate } from './translate.ts';
import type { EndedView, View } from './view.ts';

/** What the three rows say of a view. */
export function rowsOf(view: View): readonly Row[] {
  switch (view.name) {
    case 'working':
      return progressRows(view.record);
    case 'finished':
    case 'failed':
      return receiptRows(view.outcome, view.revocation, view.mode);
    default:
      return plan;
  }
}

/** The three rows, plan, progress and receipt alike, and one for each task that followed. */
export function Rows({ view }: { readonly view: View }) {
  const t = useTranslate();
  const end = view.name === 'finished' || view.name === 'failed' ? view : undefined;
  return (
    <ol class="rows" aria-label={t('stepsLabel')}>
      {rowsOf(view).map(({ step, state, text }) => (
        <li
          key={step}
          data-step={step}
          data-state={state}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          <Line state={state} text={text} more={end && moreOf(step, end)} />
        </li>
      ))}
      {end && <FollowUps view={end} />}
    </ol>
  );
}

/** What is one click deeper. */
interface More {
  /** What stands at the end of the row already. */
  readonly aside?: Message | undefined;
  readonly content: ComponentChildren;
}

/** A sign, what it says, and what there is one click deeper. */
function Line({
  state,
  text,
  more,
}: Pick<Row, 'state' | 'text'> & { readonly more?: More | undefined }) {
  const t = useTranslate();
  const line = (
    <>
      <Icon state={state} />
      <span>
        {t(...text)}
        <span class="visually-hidden">
          {t('listSeparator')}
          {t(stateTexts[state])}
        </span>
      </span>
    </>
  );
  if (!more) return <div class="line">{line}</div>;
  return (
    <details>
      <summary class="line">
        {line}
        <span class="aside">{more.aside && t(...more.aside)}</span>
      </summary>
      {more.content}
    </details>
  );
}

function moreOf(step: Row['step'], { outcome }: EndedView): More | undefined {
  if (step === 'revoke') {
    const answer = answerOf(outcome);
    return answer.length > 0 ? { content: <Answer pieces={answer} /> } : undefined;
  }
  if (step === 'clear' && 'cookies' in outcome && outcome.cookies) {
    return { aside: countOf(outcome.cookies), content: <CookieFates cookies={outcome.cookies} /> };
  }
  return undefined;
}

/** The server's own answer, piece by piece. */
function answerOf(outcome: Outcome): Message[] {
  const { status, code } = 'detail' in outcome ? outcome.detail : {};
  return [
    ...(status === undefined ? [] : [['replyStatus', String(status)] satisfies Message]),
    ...(code === undefined ? [] : [['replyCode', String(code)] satisfies Message]),
  ];
}

function Answer({ pieces }: { readonly pieces: readonly Message[] }) {
  const t = useTranslate();
  const list = pieces.map((piece) => t(...piece)).join(t('listSeparator'));
  return <p class="more">{t('serverSaid', list)}</p>;
}

/** How many of the cookies that were there are gone, if any is. */
function countOf(cookies: Fates): Message | undefined {
  const found = Object.values(cookies).filter((fate) => fate !== 'absent');
  const gone = found.filter((fate) => fate !== 'remaining');
  return gone.length > 0 ? ['cookiesCount', String(gone.length), String(found.length)] : undefined;
}

/** One line for each account cookie. */
function CookieFates({ cookies }: { readonly cookies: Fates }) {
  const t = useTranslate();
  return (
    <ul class="more cookies" aria-label={t('cookiesLabel')}>
      {accountCookieNames.map((name) => (
        <li key={name} data-cookie={name} data-fate={cookies[name]}>
          <code>{name}</code>
          <span>{t(fateTexts[cookies[name]])}</span>
        </li>
      ))}
    </ul>
  );
}

function FollowUps({ view }: { readonly view: EndedView }) {
  return followUps.map((task) => {
    const result = view.followUps?.[task];
    return (
      result && (
        <li key={task} data-follow-up={task} data-result={result}>
          <Line state={followUpState(result)} text={[followUpTexts[task][result]]} />
        </li>
      )
    );
  });
}
