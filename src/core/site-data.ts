import { belongsToAccount, type Cookie, shapeOf } from './cookie.ts';
import type { FollowUpResult } from './follow-ups.ts';
import type { Jar } from './needs.ts';
import { isSessionId } from './session.ts';

/**
 * Removes what a site keeps in a store beside its log-ins: its other cookies, and its stored data.
 * While somebody is logged in there nothing goes, and the account cookies never do: they are the
 * log-out's business.
 * @param removeStored removes the stored data. May reject, also where the browser cannot do it.
 */
export async function clearSiteData(
  jar: Jar,
  isGranted: () => Promise<boolean>,
  removeStored: () => Promise<void>,
): Promise<FollowUpResult> {
  const before = await jar.list();
  if (before.some(isSessionId)) return 'other-session';
  const others = before.filter((cookie) => !belongsToAccount(cookie));
  await Promise.all(others.map((cookie) => jar.remove(cookie).catch(() => undefined)));
  const after = await jar.list();
  // Without it, every jar looks empty.
  if (!(await isGranted())) return 'no-access';
  // The stored data may be theirs who have logged in meanwhile.
  if (after.some(isSessionId)) return 'other-session';
  await removeStored();
  // An open page may have set some anew: those are others.
  const textOf = (cookie: Cookie) => `${cookie.name}=${cookie.value} ${shapeOf(cookie)}`;
  const gone = new Set(others.map(textOf));
  return after.some((cookie) => gone.has(textOf(cookie))) ? 'cookies-remain' : 'done';
}
