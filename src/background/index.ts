import { judgeNav } from '../core/reply.ts';
import { sessionsIn } from '../core/session.ts';
import * as access from '../platform/access.ts';
import { onMenuChosen, onShortcut } from '../platform/doors.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import { translate } from '../platform/i18n.ts';
import { createJar } from '../platform/jar.ts';
import { createRecords } from '../platform/records.ts';
import { acceptConnections, onMessage } from '../platform/runtime.ts';
import { createServer } from '../platform/server.ts';
import { createSessionRules } from '../platform/session-rules.ts';
import { ownStoreId } from '../platform/stores.ts';
import { toolbar } from '../platform/toolbar.ts';
import { acceptWakeups, watchdog } from '../platform/watchdog.ts';
import { createDispatcher } from '../protocol/messages.ts';
import { createFeedback } from './feedback.ts';
import { createLogOutService } from './log-out-service.ts';

// Everything below is registered synchronously: a worker is woken for listeners it had at its start.

const server = createServer(createSessionRules(ownStoreId === '1' ? 'odd' : 'even'));

const service = createLogOutService({
  records: createRecords(),
  needsOf: (storeId) => ({
    access,
    jar: createJar('bilibili.com', storeId, storeId === ownStoreId),
    server,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }),
  serves: (storeId) => storeId === ownStoreId,
  fingerprint,
  watchdog,
  show: createFeedback({
    toolbar,
    translate,
    after: (milliseconds, callback) => setTimeout(callback, milliseconds),
    now: Date.now,
  }),
  now: Date.now,
  newId: () => crypto.randomUUID(),
});

onMenuChosen(
  () => translate('logOutOfBilibili'),
  () => service.logOut(ownStoreId, 'context-menu', 'server'),
);

onShortcut(() => service.logOut(ownStoreId, 'shortcut', 'server'));

onMessage(
  createDispatcher({
    'log-out': async ({ storeId, mode }) => {
      await service.logOut(storeId, 'popup', mode);
      return null;
    },
    'get-profile': async ({ storeId }) => {
      const jar = createJar('bilibili.com', storeId, storeId === ownStoreId);
      const [session] = sessionsIn(await jar.list());
      return session ? judgeNav(await server.nav(session.cookieHeader)) : { liveness: 'unclear' };
    },
    'mark-seen': async ({ storeId, id }) => {
      await service.markSeen(storeId, id);
      return null;
    },
  }),
);

acceptConnections();
acceptWakeups();
