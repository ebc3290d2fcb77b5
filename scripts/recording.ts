// Records one click in a real window, against the stand-in, for the stores' reviewers:
// `npm run recording`, into `e2e/output/store/recording.mp4`. It needs ffmpeg.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../e2e/browsers/chromium.ts';
import { startDisplay } from '../e2e/browsers/display.ts';
import { layCookies, logInUrl, readState } from '../e2e/fixtures.ts';
import { startStandIn } from '../e2e/stand-in/index.ts';
import { sightsOn } from '../e2e/toolbar-icon.ts';

/** How long a sight stays for who watches, in milliseconds. */
const glance = 2_500;
const target = new URL('../e2e/output/store/recording.mp4', import.meta.url);

/** Records a screen. Resolves when it does, to what ends and keeps the recording. */
async function record(screen: string, size: string): Promise<() => Promise<void>> {
  mkdirSync(new URL('.', target), { recursive: true });
  const source = ['-f', 'x11grab', '-framerate', '15', '-video_size', size, '-i', screen];
  // What every player and every store takes.
  const format = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart'];
  const parts = ['-loglevel', 'error', '-stats', '-y', ...source, ...format, fileURLToPath(target)];
  const ffmpeg = spawn('ffmpeg', parts, { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = once(ffmpeg, 'exit');
  const failed = once(ffmpeg, 'error').then(([error]) => {
    throw new Error('ffmpeg is not there. On Debian: apt-get install ffmpeg', { cause: error });
  });
  // Its first words tell of the first pictures.
  const [said] = await Promise.race([once(ffmpeg.stderr, 'data'), failed]);
  if (!String(said).includes('frame=')) throw new Error(`ffmpeg says: ${said}`);
  return async () => {
    ffmpeg.stdin.end('q');
    await ended;
  };
}

const standIn = await startStandIn();
const display = await startDisplay();
const browser = await launchChromium({ standIn, display: display.name });
try {
  // At its start Chromium may take longer for a policy than the popup waits, which then asks first.
  await browser.inExtension(() => chrome.storage.managed.get(null), null);
  await browser.pinToToolbar();
  const session = standIn.createSession({ uname: 'Ann' });
  await (await browser.visit(logInUrl(session))).close();
  // The server's own word on who is logged in.
  const page = await browser.visit('https://api.bilibili.com/x/web-interface/nav');
  await page.bringToFront();
  /** Shows for a glance what is done, and by whom, above what the server says. */
  const tell = async (what: string) => {
    await page.evaluate(
      (text) =>
        document.body.prepend(Object.assign(document.createElement('h1'), { textContent: text })),
      `Stand-in, not Bilibili: ${what}`,
    );
    await wait(glance);
  };
  const even = (pixels: number) => pixels - (pixels % 2);
  const [width, height] = await page.evaluate(() => [
    window.screenX + window.outerWidth,
    window.screenY + window.outerHeight,
  ]);
  const stop = await record(display.name, `${even(width)}x${even(height)}`);
  await tell('Ann is logged in');
  const button = (await sightsOn(display, browser)).find(({ name }) => name === 'icon');
  if (!button) throw new Error('The button is not in the toolbar.');
  await display.click(button.x, button.y, 'left');
  while (!JSON.stringify(await readState(browser)).includes('"revocation":"proven"')) {
    await wait(100);
  }
  await wait(2 * glance);
  await display.press('Escape');
  await page.reload();
  await tell('nobody is logged in');
  await layCookies(browser, session);
  await page.reload();
  await tell('with the old cookies put back, still nobody is');
  await stop();
  console.log(fileURLToPath(target));
} finally {
  await browser.close();
  await display.close();
  await standIn.close();
}
