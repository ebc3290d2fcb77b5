import type { Page } from 'playwright';
import type { ChromiumBrowser } from '../browsers/chromium.ts';
import { createTurns } from './turns.ts';

/** The extension's worker, from outside. */
export interface WorkerControl {
  /** Ends the worker, one call after another, as the browser does to an idle one. Chromium may start it anew at once. */
  stop(): Promise<void>;
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
  };
}
