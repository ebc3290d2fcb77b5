import type { CDPSession, Page } from 'playwright';
import type { ChromiumBrowser } from '../browsers/chromium.ts';
import { createTurns } from './turns.ts';

/** The extension's worker, from outside. */
export interface WorkerControl {
  /** Ends the worker, one call after another, as the browser does to an idle one. Chromium may start it anew at once. */
  stop(): Promise<void>;
  /** Its used heap after garbage was collected, in bytes. */
  heap(): Promise<number>;
}

/** How long stopping may take, in milliseconds. */
const limit = 20_000;

/**
 * @param bench a page of the extension's origin.
 * @param wake starts the worker where it is not running: only a running one can be stopped.
 */
export async function createWorkerControl(
  browser: ChromiumBrowser,
  bench: Page,
  wake: () => Promise<void>,
): Promise<WorkerControl> {
  const cdp = await browser.context.newCDPSession(bench);
  let stopped = () => {};
  cdp.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) stopped();
  });
  await cdp.send('ServiceWorker.enable');
  const outer = await browser.context.browser()?.newBrowserCDPSession();
  if (!outer) throw new Error('This browser has no session of its own to be asked in.');

  const stopNow = async () => {
    const done = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    await wake();
    await cdp.send('ServiceWorker.stopAllWorkers');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The worker did not stop.')), limit);
    });
    await Promise.race([done, late]).finally(() => clearTimeout(timer));
  };
  const inTurn = createTurns();

  return {
    stop: () => inTurn(stopNow),
    async heap() {
      const { targetInfos } = await outer.send('Target.getTargets');
      const target = targetInfos.find(({ type, url }) => {
        return type === 'service_worker' && url.includes(browser.extensionId);
      });
      if (!target) throw new Error('There is no worker to be measured.');
      const { targetId } = target;
      // Playwright hands out no sessions of workers; messages inside messages reach them.
      const { sessionId } = await outer.send('Target.attachToTarget', { targetId, flatten: false });
      const ask = (id: number, method: string) =>
        new Promise<{ usedSize: number }>((resolve) => {
          const listen = (event: { sessionId: string; message: string }) => {
            const answer = JSON.parse(event.message);
            if (event.sessionId !== sessionId || answer.id !== id) return;
            outer.off('Target.receivedMessageFromTarget', listen);
            resolve(answer.result);
          };
          outer.on('Target.receivedMessageFromTarget', listen);
          const message = JSON.stringify({ id, method });
          void outer.send('Target.sendMessageToTarget', { sessionId, message });
        });
      await ask(1, 'HeapProfiler.collectGarbage');
      const { usedSize } = await ask(2, 'Runtime.getHeapUsage');
      await outer.send('Target.detachFromTarget', { sessionId });
      return usedSize;
    },
  };
}

/** The used heap of a page after garbage was collected, in bytes. */
export async function heapOf(page: Page): Promise<number> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize;
}
