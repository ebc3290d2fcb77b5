import { logOutOfSisterSite, sisterSite } from '../core/aftercare.ts';
import { judgeNav } from '../core/reply.ts';
import { sessionsIn } from '../core/session.ts';
import * as access from '../platform/access.ts';
import { onMenuChosen, onShortcut } from '../platform/doors.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { translate } from '../platform/i18n.ts';
import { createJar } from '../platform/jar.ts';
import { createRecords, onRecordsChanged } from '../platform/records.ts';
import { acceptConnections, onMessage } from '../platform/runtime.ts';
import { createServer, visit } from '../platform/server.ts';
import { createSessionRules } from '../platform/session-rules.ts';
import { readSettings, writeSettings } from '../platform/settings-store.ts';
import { removeSiteData } from '../platform/site-data.ts';
import { ambientStoreId, serves } from '../platform/stores.ts';
import { toolbar } from '../platform/toolbar.ts';
import { acceptWakeups, watchdog } from '../platform/watchdog.ts';
import { createDispatcher } from '../protocol/messages.ts';
import { parseSettings } from '../settings/settings.ts';
import { createAftercare } from './aftercare.ts';
import { createFeedback } from './feedback.ts';
import { createLogOutService } from './log-out-service.ts';

// Everything below is registered synchronously: a worker is woken for listeners it had at its start.

const server = createServer(createSessionRules(ambientStoreId === '1' ? 'odd' : 'even'));
const jarOf = (storeId: string) => createJar('bilibili.com', storeId, storeId === ambientStoreId);

const aftercare = createAftercare({
  readSettings: async () => parseSettings(await readSettings()),
  writeSettings,
  isAllowed: access.isTaskAllowed,
  tasks: {
    biligame: (storeId, { redirectUrl, session }) => {
      const jar = createJar(sisterSite, storeId, storeId === ambientStoreId);
      return logOutOfSisterSite({ jar, server, visit }, redirectUrl, session?.handle);
    },
    siteData: async (storeId) => {
      await removeSiteData(storeId);
      return 'done';
    },
  },
});

const records = createRecords();
const show = createFeedback({
  toolbar,
  serves,
  translate,
  after: (milliseconds, callback) => setTimeout(callback, milliseconds),
  now: Date.now,
});

const service = createLogOutService({
  records,
  needsOf: (storeId) => ({
    access,
    jar: jarOf(storeId),
    server,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }),
  serves,
  fingerprint,
  aftercare,
  watchdog,
  show,
  now: Date.now,
  newId: () => crypto.randomUUID(),
});

onMenuChosen(
  () => translate('logOutOfBilibili'),
  (storeId) => service.logOut(storeId, 'context-menu', 'server'),
);

onShortcut((storeId) => service.logOut(storeId, 'shortcut', 'server'));

onMessage(
  createDispatcher({
    'log-out': async ({ storeId, mode }) => {
      await service.logOut(storeId, 'popup', mode);
      return null;
    },
    'log-out-everywhere': async ({ storeIds }) => {
      await service.logOutAll(storeIds, 'popup');
      return null;
    },
    'get-profile': async ({ storeId }) => {
      const [session] = sessionsIn(await jarOf(storeId).list());
      return session ? judgeNav(await server.nav(session.cookieHeader)) : { liveness: 'unclear' };
    },
    'mark-seen': async ({ storeId, id }) => {
      await service.markSeen(storeId, id);
      return null;
    },
  }),
);

access.onAccessChanged(() => aftercare.switchOffForbidden());

// One button for both of Chromium's workers: each draws the other's log-outs too.
onRecordsChanged(async () => {
  for (const record of await records.all()) if (!serves(record.storeId)) show(record);
});

acceptConnections();
acceptWakeups();
