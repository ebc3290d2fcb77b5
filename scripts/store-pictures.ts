// Takes the stores' pictures, from the pages' own code, into `e2e/output/store/`:
// `npm run store-pictures`. In each language the screenshots, each beside its caption from the listing,
// and the large tile; for all languages the small tile and the logo.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { drawIcon, sourceOf } from '../e2e/icons.ts';
import { openStates } from '../e2e/states/browser.ts';
import { languages, readListing, screenshots } from './listings.ts';

/** What the stores ask for, in pixels. */
const screenshotSize = { width: 1280, height: 800 };
const smallTileSize = { width: 440, height: 280 };
/** Chrome calls it the marquee. */
const largeTileSize = { width: 1400, height: 560 };
const logoSize = 300;

/** How much larger than in a browser the popup is shown. */
const zoom = 1.9;
/** How wide the settings are: their rules fit into a picture then, and can be read. */
const settingsWidth = 446;
/** In Firefox they say something else of one rule: at Mozilla this takes the place of the last picture. */
const firefoxSettings = 'settings-firefox';
const shown = [...screenshots, firefoxSettings];

const target = new URL('../e2e/output/store/', import.meta.url);
const icon = readFileSync(sourceOf('icon'), 'utf8');
/** Done, as the popup draws it. */
const done = `<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="#0a7a4f"/>
  <path d="m6 10.4 2.7 2.7 5.5-5.7" fill="none" stroke="#fff" stroke-width="2"
  stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const style = `
  body { display: flex; align-items: center; justify-content: space-between; box-sizing: border-box;
    height: 100vh; margin: 0; padding: 0 48px 0 64px; background: #dcebe4; color: #15181e;
    font: 600 44px/1.3 system-ui, sans-serif; word-break: auto-phrase; text-wrap: balance; }
  /* Lines end where a clause does. */
  :lang(zh) { word-break: keep-all; }
  .shot { border-radius: 16px; box-shadow: 0 12px 40px #0a3d2a40; }
  .words { width: 520px; }
  .words svg { display: block; width: 88px; margin-bottom: 40px; }
  .words p { margin: 0; }
  .tile { background: linear-gradient(135deg, #12936a, #07553f); color: #fff; }
  .large { padding: 0 120px; }
  .large .shot { width: 400px; }
  .large svg { width: 144px; }
  .large .words { width: 700px; font-size: 60px; word-break: keep-all; }
  .small { padding: 0 48px; }
  .small > svg { width: 132px; }
  ul { display: grid; gap: 20px; margin: 0; padding: 26px 24px; border-radius: 12px; background: #fff;
    list-style: none; }
  li { display: flex; align-items: center; gap: 14px; }
  li svg { width: 30px; }
  li::after { content: ""; width: 84px; height: 10px; border-radius: 5px; background: #cfd5dc; }`;

const browser = await openStates();
for (const language of languages) await takeLanguage(language);
await takeWithoutWords();
await browser.close();

async function takeLanguage(language: string): Promise<void> {
  const { name, captions } = readListing(language);
  // No line ends within "Log-Out".
  const wordsOf = (text = '') =>
    `<div class="words">${icon}<p>${text.replaceAll('-', '\u2011')}</p></div>`;
  const shots = await takeShots(language);
  const { page } = await browser.open(language, 'light');
  for (const [index, state] of shown.entries()) {
    const place = Math.min(index, screenshots.length - 1);
    const file = `${language}/${place + 1}-${state}.png`;
    const body = `<body>${wordsOf(captions[place])}${shots[index]}`;
    await compose(page, body, screenshotSize, file, language);
  }
  const proven = shots[screenshots.indexOf('logged-out-offers-rules')];
  const tile = `<body class="tile large">${wordsOf(name)}${proven}`;
  await compose(page, tile, largeTileSize, `${language}/marquee.png`, language);
  await page.close();
}

/** What is shown of each state: the popup, or the rules among the settings. */
async function takeShots(language: string): Promise<string[]> {
  const { show, picture, page } = await browser.open(language, 'light', zoom);
  const shots: string[] = [];
  for (const state of shown) {
    const isSettings = state.startsWith('settings');
    if (isSettings) await page.setViewportSize({ width: settingsWidth, height: 1600 });
    await show(state);
    const image = isSettings ? await takeRules(page) : await picture();
    const data = image.toString('base64');
    const width = isSettings ? 640 : 320 * zoom;
    shots.push(`<img class="shot" width="${width}" src="data:image/png;base64,${data}">`);
  }
  await page.close();
  return shots;
}

/** The part of the settings about logging out by itself, and as much around it as at its sides. */
async function takeRules(page: Page): Promise<Buffer> {
  const box = await page.locator('fieldset').nth(1).boundingBox();
  const { x: margin = 0, y = 0, height = 0 } = box ?? {};
  const clip = { x: 0, y: y - margin, width: settingsWidth, height: height + 2 * margin };
  return page.screenshot({ clip });
}

async function takeWithoutWords(): Promise<void> {
  const { page } = await browser.open('en', 'light');
  const tile = `<body class="tile small">${icon}<ul>${`<li>${done}`.repeat(3)}</ul>`;
  await compose(page, tile, smallTileSize, 'tile.png', 'en');
  writeFileSync(new URL('logo.png', target), await drawIcon(page, icon, logoSize));
  await page.close();
}

/** Makes one picture of a size. */
async function compose(
  page: Page,
  body: string,
  size: { width: number; height: number },
  file: string,
  language: string,
): Promise<void> {
  const path = new URL(file, target);
  mkdirSync(new URL('.', path), { recursive: true });
  await page.setViewportSize(size);
  const lang = language.replace('_', '-');
  await page.setContent(`<!doctype html><html lang="${lang}"><style>${style}</style>${body}`);
  writeFileSync(path, await page.screenshot());
}
