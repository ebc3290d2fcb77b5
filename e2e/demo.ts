import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './browsers/chromium.ts';
import { beOnButton, withScripts } from './fixtures.ts';
import { openPopup } from './popup.ts';
import { startStandIn } from './stand-in/index.ts';

// Shows the main job in a real browser: `npm start`, or `npm start -- --live` on the real site.

const display = process.env['DISPLAY'];
const pictures = fileURLToPath(new URL('output/demo/', import.meta.url));
const start = performance.now();

function say(what: string, detail = ''): void {
  const seconds = ((performance.now() - start) / 1000).toFixed(2).padStart(6);
  console.log(`${seconds} s  ${what.padEnd(34)} ${detail}`.trimEnd());
}

/** The real site, the real server: for a person to try. Nothing is clicked by us. */
async function tryLive(): Promise<void> {
  if (!display) {
    console.error('`--live` opens a window: it needs a display.');
    process.exitCode = 1;
    return;
  }
  const browser = await launchChromium({ display });
  try {
    await browser.pinToToolbar();
    await browser.visit('https://www.bilibili.com/');
    console.log('This is bilibili.com itself. Log in, then press Alt+Shift+L or the button.');
    console.log('Close the window to end; its profile is deleted then.');
    await browser.closed;
  } finally {
    await browser.close();
  }
}

async function show(): Promise<void> {
  await mkdir(pictures, { recursive: true });
  const standIn = await startStandIn();
  say('stand-in of Bilibili’s servers', `127.0.0.1:${standIn.port}`);
  const browser = await launchChromium({ standIn, display });
  say('Chromium with the extension', display ? `on display ${display}` : 'headless');
  // At its start Chromium may take longer for a policy than the popup waits, which then asks first.
  await browser.inExtension(() => chrome.storage.managed.get(null), null);
  let shots = 0;
  try {
    const session = standIn.createSession({ uid: '2233', uname: 'Ann' });
    const query = `sessdata=${encodeURIComponent(session.sessdata)}`;
    const tab = await browser.visit(`https://passport.bilibili.com/stand-in/log-in?${query}`);
    say('logged in', `UID ${session.uid}, the session is alive: ${session.alive}`);

    const clicked = performance.now();
    const since = () => `${Math.round(performance.now() - clicked)} ms after the click`;
    const popup = await openPopup(withScripts(browser, beOnButton));
    say('clicked on the button', 'the popup opens, and counts three seconds down');
    const shoot = async (name: string) => {
      shots += 1;
      await popup.page.locator('body').screenshot({ path: `${pictures}${shots}-${name}.png` });
    };
    await popup.waitFor({ view: 'logged-in' });
    await popup.waitForText(session.uname);
    await popup.waitForText('Stay logged in');
    say('the popup shows', `${session.uname}, UID ${session.uid}`);
    await shoot('countdown');

    const ended = await popup.waitFor({ view: 'finished' });
    say(`outcome: ${ended.outcome}`, since());
    for (const [name, fate] of Object.entries(ended.fates)) say(`  ${name}`, fate);
    const proved = await popup.waitFor({ revocation: 'proven' });
    say(`revocation: ${proved.revocation}`, since());
    await shoot('proof');
    say('the server says the session is', session.alive ? 'alive' : 'dead');
    const [exit] = standIn.requestsTo('exit');
    say('what the server received', `${exit?.method} https://${exit?.host}${exit?.path}`);
    say('', `Origin ${exit?.headers.origin}, ${exit?.body.replace(/=.*/, '=…')}`);
    say('screenshots', pictures);

    if (display) {
      await browser.pinToToolbar();
      await tab.bringToFront();
      console.log('\nThe window is yours to play with; close it to end. The stand-in’s log-in:');
      console.log('https://passport.bilibili.com/stand-in/log-in?uname=Bob');
      await browser.closed;
    }
  } finally {
    await browser.close();
    await standIn.close();
  }
}

await (process.argv.includes('--live') ? tryLive() : show());
