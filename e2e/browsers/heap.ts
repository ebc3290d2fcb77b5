import type { Page } from 'playwright';
import type { ChromiumBrowser } from './chromium.ts';

/** The used heap of the extension's running worker after garbage was collected, in bytes. */
export async function workerHeapOf({ context, extensionId }: ChromiumBrowser): Promise<number> {
  const cdp = await context.browser()?.newBrowserCDPSession();
  if (!cdp) throw new Error('This browser has no session of its own to be asked in.');
  const { targetInfos } = await cdp.send('Target.getTargets');
  const target = targetInfos.find(({ type, url }) => {
    return type === 'service_worker' && url.includes(extensionId);
  });
  if (!target) throw new Error('There is no worker to be measured.');
  const { targetId } = target;
  // Playwright hands out no sessions of workers; messages inside messages reach them.
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
  const ask = (id: number, method: string) =>
    new Promise<{ usedSize: number }>((resolve) => {
      const listen = (event: { sessionId: string; message: string }) => {
        const answer = JSON.parse(event.message);
        if (event.sessionId !== sessionId || answer.id !== id) return;
        cdp.off('Target.receivedMessageFromTarget', listen);
        resolve(answer.result);
      };
      cdp.on('Target.receivedMessageFromTarget', listen);
      const message = JSON.stringify({ id, method });
      void cdp.send('Target.sendMessageToTarget', { sessionId, message });
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = await ask(2, 'Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize;
}

/** The used heap of a page after garbage was collected, in bytes. */
export async function heapOf(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize;
}
