import type { Permissions } from 'webextension-polyfill';
import type { FollowUp } from '../core/follow-ups.ts';
import { browser } from './browser.ts';

/** Scheme-less on purpose: with `https://` alone the cookies API hides cookies that are not Secure. */
export const siteOrigins = ['*://*.bilibili.com/*'];

/** Whether this extension may see the site, which a person can withdraw at any time. */
export function isGranted(): Promise<boolean> {
  return browser.permissions.contains({ origins: siteOrigins });
}

/** Asks the person for access to the site. Works only from a click in a page of ours. */
export function requestAccess(): Promise<boolean> {
  return browser.permissions.request({ origins: siteOrigins });
}

/** Calls back whenever a permission was granted or withdrawn. */
export function onPermissionsChanged(listener: () => void): void {
  browser.permissions.onAdded.addListener(listener);
  browser.permissions.onRemoved.addListener(listener);
}

/** Calls back whenever the person has granted access to the site, for the first time or anew. */
export function onSiteAccessGranted(listener: () => void): void {
  browser.permissions.onAdded.addListener(({ origins = [] }) => {
    if (origins.some((origin) => origin.includes('bilibili.com'))) listener();
  });
}

/** What each follow-up may do only when a person has allowed it. */
const taskPermissions: Record<FollowUp, Permissions.Permissions> = {
  biligame: { origins: ['*://*.biligame.com/*'] },
  siteData: { permissions: ['browsingData'] },
};

/** Whether a task may do its work. */
export function isTaskAllowed(task: FollowUp): Promise<boolean> {
  return browser.permissions.contains(taskPermissions[task]);
}

/** Asks the person to allow a task. Works only from a click in a page of ours. */
export function requestTask(task: FollowUp): Promise<boolean> {
  return browser.permissions.request(taskPermissions[task]);
}

/** Gives up what a task was allowed. */
export async function giveUpTask(task: FollowUp): Promise<void> {
  await browser.permissions.remove(taskPermissions[task]);
}
