import { logOutOfSisterSite, sisterSite } from '../core/biligame.ts';
import { readAccount } from '../core/log-out.ts';
import type { Mode } from '../core/order.ts';
import { clearSiteData } from '../core/site-data.ts';
import { isPrivate } from '../core/store.ts';
import {
  isGranted,
  isTaskAllowed,
  onPermissionsChanged,
  onSiteAccessGranted,
} from '../platform/access.ts';
import { onAlarm, rulesAlarm, watchdog } from '../platform/alarms.ts';
import { isFirefox } from '../platform/build.ts';
import { onMenuChosen, onShortcut, type Place } from '../platform/entry-points.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { isOnline, onOnline } from '../platform/http.ts';
import { translate } from '../platform/i18n.ts';
import { onPresence, readPresence } from '../platform/idle.ts';
import { createJar, onSessionsChanged } from '../platform/jar.ts';
import { createRecords } from '../platform/records.ts';
import { readRules, writeRules } from '../platform/rules-store.ts';
import { acceptConnections, onMessage, openOptions } from '../platform/runtime.ts';
import { createServer, visit } from '../platform/server.ts';
import { createSessionRules } from '../platform/session-rules.ts';
import { onSettingsChanged, readSettings, writeSetting } from '../platform/settings-store.ts';
import { removeSiteData } from '../platform/site-data.ts';
import { onBrowserStart } from '../platform/start.ts';
import {
  ambientStoreId,
  isPrivateStoreGone,
  listStores,
  onStoreMayBeGone,
  serves,
} from '../platform/stores.ts';
import {
  isAnyPageLoading,
  onTabMoved,
  reloadTabs,
  siteTabIds,
  siteTabStores,
} from '../platform/tabs.ts';
import { onTabCleared, onTabInFront, resetPopup, toolbar } from '../platform/toolbar.ts';
import { createDispatcher } from '../protocol/messages.ts';
import { parseSettings } from '../settings/settings.ts';
import { createFeedback } from './feedback.ts';
import { createFollowUps } from './follow-ups.ts';
import { createIcon } from './icon.ts';
import { createLogOutService } from './log-out-service.ts';
import { profileOf } from './profile.ts';
import { createRules } from './rules.ts';

// Everything below is registered synchronously: a worker is woken for listeners it had at its start.

const server = createServer(createSessionRules(ambientStoreId === '1' ? 'odd' : 'even'));
const jarOf = (storeId: string) => createJar('bilibili.com', storeId, storeId === ambientStoreId);

const settings = async (isOwnNeeded = false) =>
  parseSettings(await readSettings(isOwnNeeded)).settings;
const wait = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const newId = () => crypto.randomUUID();

const followUps = createFollowUps({
  readSettings: settings,
  // What a policy sets stays so, and without what it needs it is not in force.
  switchOff: (task) => writeSetting(task, false),
  isAllowed: isTaskAllowed,
  tasks: {
    biligame: (storeId, { redirectUrl, endedIds }) => {
      const jar = createJar(sisterSite, storeId, storeId === ambientStoreId);
      const isAllowed = () => isTaskAllowed('biligame');
      return logOutOfSisterSite({ jar, server, visit, isAllowed }, redirectUrl, endedIds);
    },
    siteData: (storeId) => clearSiteData(jarOf(storeId), isGranted, () => removeSiteData(storeId)),
  },
});

const feedback = createFeedback({
  toolbar,
  translate,
  after: (milliseconds, callback) => setTimeout(callback, milliseconds),
  now: Date.now,
});

const icon = createIcon({ toolbar, access: { isGranted }, jarOf, fingerprint });
/** What is told by the toolbar button: the badge tells of log-outs, the icon of log-ins. */
const button = [feedback, icon];

const service = createLogOutService({
  records: createRecords(),
  needsOf: (storeId) => ({
    access: { isGranted },
    jar: jarOf(storeId),
    server,
    wait,
  }),
  serves,
  isGone: isPrivateStoreGone,
  fingerprint,
  followUps,
  reloadTabs: async (storeId) => {
    if ((await settings()).reloadTabs) await reloadTabs(await siteTabIds(storeId));
  },
  watchdog,
  feedback: {
    show: (record) => [...button, rules].forEach((part) => void part.show(record)),
    forget: (storeId) => button.forEach((part) => void part.forget(storeId)),
    renew: () => button.forEach((part) => void part.renew()),
  },
  now: Date.now,
  newId,
});

const followTabs = onTabMoved(() => rules.changed());
const followPresence = onPresence((presence) => rules.presenceChanged(presence));
const rules = createRules({
  readSettings: settings,
  store: { read: readRules, write: writeRules },
  follow({ logOutAfterLastTab, logOutWhenIdle, logOutWhenLocked }) {
    const isWoken = [
      followTabs(logOutAfterLastTab !== null),
      // Firefox tells of no lock.
      followPresence(logOutWhenIdle !== null || (logOutWhenLocked && !isFirefox), logOutWhenIdle),
    ];
    return isWoken.every(Boolean);
  },
  storeIds: async (happening) => {
    const stores = await listStores();
    return stores.filter((one) => happening !== 'start' || !isPrivate(one)).map(({ id }) => id);
  },
  isGone: isPrivateStoreGone,
  async openStores() {
    // Without access no tab is seen, and it may come or go meanwhile.
    if (!(await isGranted())) return undefined;
    const open = await siteTabStores();
    return (await isGranted()) ? open : undefined;
  },
  isAnyPageLoading,
  audibleStores: () => siteTabStores({ audible: true, muted: false }),
  readPresence,
  async sessionsIn(storeId, salt) {
    // A jar that cannot be read is told of by the log-out itself.
    const account = await readAccount(jarOf(storeId), (id) => fingerprint(salt, id)).catch(
      () => undefined,
    );
    // Without access a jar looks empty.
    const isSeen = account && (account.sessions.length > 0 || (await isGranted()));
    return isSeen ? account.sessions : undefined;
  },
  logOut: service.logOutDue,
  isUnderWay: (storeId) => service.isUnderWay(storeId),
  isOnline,
  alarm: rulesAlarm,
  wait,
  now: Date.now,
  newId,
});
onStoreMayBeGone(() => rules.changed());
onSessionsChanged(() => rules.changed());
onBrowserStart(() => rules.browserStarted());
onOnline(() => rules.online());
onSettingsChanged(() => rules.settingsChanged());
onAlarm(() => rules.look());

/** From outside the popup, the badge and the popup that opens by itself tell every end. */
function logOutFrom(trigger: 'context-menu' | 'shortcut', place: Place, mode: Mode): void {
  feedback.setWindow(place.storeId, place.windowId);
  service.logOut(place.storeId, trigger, mode).catch(() => undefined);
}
onMenuChosen(
  () => ({
    logOut: translate('logOutOfBilibili'),
    thisBrowserOnly: translate('menuThisBrowserOnly'),
    settings: translate('openOptions'),
  }),
  {
    logOut: (place, mode) => logOutFrom('context-menu', place, mode),
    openSettings: () => void openOptions(),
  },
);
onShortcut((place) => logOutFrom('shortcut', place, 'server'));

onMessage(
  createDispatcher({
    'log-out': async ({ storeId, mode }) => {
      await service.logOut(storeId, 'popup', mode);
      return null;
    },
    'log-out-everywhere': async ({ storeIds }) => {
      await service.logOutAll(storeIds);
      return null;
    },
    'get-profile': ({ storeId, session }) =>
      profileOf({ jar: jarOf(storeId), server, fingerprint }, storeId, session),
    'mark-seen': ({ storeId }) => service.markSeen(storeId),
    'call-off': async ({ storeId }) => {
      await rules.callOff(storeId);
      return null;
    },
    'mark-told': async ({ storeId }) => {
      await rules.markTold(storeId);
      return null;
    },
  }),
);

onPermissionsChanged(() => followUps.switchOffForbidden().catch(() => undefined));
onSiteAccessGranted(() => service.forgetEnded());

// A record speaks of its own sessions only, whether or not a popup is open.
onSessionsChanged((storeId, came) => service.sessionsChanged(storeId, came));
onStoreMayBeGone(() => service.forgetOutdated());
void service.forgetOutdated();

// In color where somebody is logged in, grey where nobody is. A log-out under way goes first.
onSessionsChanged(() => setTimeout(icon.update, 100));
onPermissionsChanged(() => icon.update());
onTabInFront(() => icon.update());
onTabCleared((tabId) => button.forEach((part) => void part.tabCleared(tabId)));

resetPopup().catch(() => undefined);
acceptConnections();
