import { launchChromium } from './browsers/chromium.ts';
import { startStandIn } from './stand-in/index.ts';
import { logIn } from './fixtures.ts';
import { median } from './performance/measures.ts';
const standIn = await startStandIn({keepsConnections: true});
const browser = await launchChromium({ standIn });
await browser.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
await logIn(browser, standIn);
const names = process.argv.slice(2); const res: Record<string, number[][]> = Object.fromEntries(names.map((n) => [n, []]));
for (let i = 0; i < 12; i++) for (const n of names) {
  const page = await browser.context.newPage();
  await page.addInitScript(() => { const g = globalThis as any; g.r = new Promise((res) => new MutationObserver(() => { if (document.querySelector('[data-action="log-out"]:enabled')) res(performance.now()); }).observe(document, { attributes: true, childList: true, subtree: true }));
   g.p = new Promise((res) => new PerformanceObserver((l) => { const [e] = l.getEntriesByName('first-contentful-paint'); if (e) res(e.startTime); }).observe({ type: 'paint', buffered: true })); });
  await page.goto(`chrome-extension://${browser.extensionId}/src/popup/${n}.html`);
  const v = await page.evaluate(async () => [await (globalThis as any).p, await (globalThis as any).r]);
  if (i > 1) res[n]!.push(v); await page.close();
}
for (const n of names) console.log(n, 'paint', median(res[n]!.map((v) => v[0]!)), 'ready', median(res[n]!.map((v) => v[1]!)).toFixed(0), 'diff', median(res[n]!.map((v) => v[1]! - v[0]!)).toFixed(0));
await browser.close(); await standIn.close();
