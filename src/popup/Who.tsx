import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { NavVerdict } from '../core/reply.ts';
import { storeName } from '../text/labels.ts';
import type { Translate } from '../text/message.ts';
import { isWell, titleOf } from '../text/title.ts';
import { Icon } from './Icon.tsx';
import type { PopupState } from './model.ts';
import { Time } from './Time.tsx';
import { useTranslate } from './translate.ts';
import type { Whose } from './view.ts';

/** Whose account it is, and what has become of its log-in. */
export function Who({ state }: { readonly state: PopupState }) {
  const t = useTranslate();
  const { view } = state;
  switch (view.name) {
    case 'loading':
      return <Header title={<span class="visually-hidden">{t('loading')}</span>} picture={<i />} />;
    case 'no-access':
      return <Header tone="bad" title={t('titleNoAccess')} picture={<i />} />;
    case 'logged-out':
      return <Header title={t('nobodyTitle')} below={t('nobodyHere')} picture={<i />} />;
    case 'logged-in':
    case 'working': {
      const { name, number } = namesOf(view, t);
      return (
        <Header
          title={
            <>
              <span class="visually-hidden">
                {view.name === 'working' ? t('titleWorking') : t('loggedInAs', '')}
              </span>{' '}
              <bdi>{name ?? number ?? t('uidUnknown')}</bdi>
            </>
          }
          below={
            <>
              {name !== undefined && number !== undefined && <bdi>{number}</bdi>}
              <StoreLabel state={state} />
            </>
          }
          picture={<Avatar account={view.account} />}
        />
      );
    }
    case 'finished':
    case 'failed': {
      const { name, number } = namesOf(view, t);
      const isGood = isWell(view.outcome, view.revocation);
      const whose = name ?? number;
      const time = view.endedAt === undefined ? undefined : <Time at={view.endedAt} />;
      return (
        <Header
          key={`${view.name} ${view.endedAt}`}
          takesFocus
          tone={isGood ? 'good' : 'bad'}
          title={t(titleOf(view.outcome, view.revocation))}
          below={
            <>
              {whose !== undefined && <bdi>{whose}</bdi>}
              {whose !== undefined && time && ' · '}
              {time}
            </>
          }
          picture={
            <span class="seal">
              <Avatar account={view.account} isGone={isGood} />
              {isGood && (
                <Icon state={view.outcome.kind === 'removed-locally' ? 'unknown' : 'done'} />
              )}
            </span>
          }
        />
      );
    }
  }
}

/** Which jar this is about, where there is more than the ordinary one. */
export function StoreLabel({ state: { store, others } }: { readonly state: PopupState }) {
  const t = useTranslate();
  if (!store || (store.kind === 'default' && others.length === 0)) return null;
  return <span data-own-store={store.id}>{t(...storeName(store))}</span>;
}

function namesOf({ uid, account }: Whose, t: Translate) {
  const number = uid === undefined ? undefined : t('uid', uid);
  return { name: account?.profile?.name, number };
}

function Header({
  title,
  below,
  picture,
  tone,
  takesFocus = false,
}: {
  readonly title: ComponentChildren;
  readonly below?: ComponentChildren;
  readonly picture: ComponentChildren;
  readonly tone?: 'good' | 'bad';
  /** For what came by itself: so it is read out. */
  readonly takesFocus?: boolean;
}) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) ref.current?.focus();
  }, [takesFocus]);
  return (
    <header class="who">
      {picture}
      <div>
        <h1 ref={ref} tabIndex={-1} data-tone={tone}>
          {title}
        </h1>
        <p class="quiet">{below}</p>
      </div>
    </header>
  );
}

function Avatar({
  account,
  isGone = false,
}: {
  readonly account: NavVerdict | undefined;
  readonly isGone?: boolean;
}) {
  const url = account?.profile?.avatarUrl;
  if (url === undefined) return <i class={isGone ? 'gone' : undefined} />;
  return (
    <img
      class={isGone ? 'gone' : undefined}
      src={url}
      // The name stands beside it.
      alt=""
      width={44}
      height={44}
      referrerpolicy="no-referrer"
    />
  );
}
