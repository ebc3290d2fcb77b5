import type { NavVerdict } from '../core/reply.ts';
import { useTranslate } from './translate.ts';

interface AccountProps {
  /** From the cookie, at once. */
  readonly uid: string | undefined;
  /** From the server, when it answers. */
  readonly account: NavVerdict | undefined;
}

/** Who is logged in. */
export function Account({ uid, account }: AccountProps) {
  const t = useTranslate();
  const number = uid === undefined ? t('uidUnknown') : t('uid', uid);
  const { name, avatarUrl } = account?.profile ?? {};
  const label = t(account?.liveness === 'dead' ? 'sessionExpiredTitle' : 'loggedInLabel');
  return (
    <>
      <h1 class="visually-hidden">{label}</h1>
      <div class="account">
        {avatarUrl ? (
          <img
            src={avatarUrl}
            alt={t('avatarOf', name ?? number)}
            width={48}
            height={48}
            referrerpolicy="no-referrer"
          />
        ) : (
          <div class="avatar" aria-hidden="true" />
        )}
        <p>
          <strong>
            <bdi>{name ?? number}</bdi>
          </strong>
          <span class="quiet">
            <bdi>{name === undefined ? label : number}</bdi>
          </span>
        </p>
      </div>
      {account?.liveness === 'dead' && <p class="notice">{t('sessionDead')}</p>}
    </>
  );
}
