// Takes the pictures in the READMEs, one in each language: `npm run picture`. With `-- --all`, one of
// every state in every language and theme instead, and a sheet of them for each language.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openStates, type Theme, themes } from '../e2e/states/browser.ts';
import type { Language } from '../e2e/states/catalogues.ts';
import { states } from '../e2e/states/states.ts';

const files: Readonly<Record<Language, string>> = { en: 'popup.png', zh_CN: 'popup.zh-CN.png' };
/** How many pixels of the picture one of the page makes: sharp enough, and small enough. */
const scale = 1.5;

/** Beside each other: what a click shows, one after another. */
const columns = [['logged-in-countdown'], ['working'], ['logged-out-proven']];
const backgrounds: Record<Theme, string> = { light: '#d0d7de', dark: '#010409' };

const repository = new URL('../', import.meta.url);
/** Where every state goes, to be looked at. */
const all = 'e2e/output/pictures/';
const browser = await openStates();
if (process.argv.includes('--all')) await takeAll();
else await takeReadmes();
await browser.close();

async function takeAll(): Promise<void> {
  mkdirSync(new URL(all, repository), { recursive: true });
  for (const language of readdirSync(new URL('public/_locales/', repository))) {
    const names: string[] = [];
    for (const theme of themes) {
      const { show, picture, page } = await browser.open(language, theme);
      for (const state of Object.keys(states)) {
        await show(state);
        const name = `${language}-${theme}-${state}.png`;
        await picture(fileURLToPath(new URL(all + name, repository)));
        names.push(name);
      }
      await page.close();
    }
    await takeSheet(language, names);
  }
}

/** All pictures of a language on one. */
async function takeSheet(language: Language, names: readonly string[]): Promise<void> {
  const figures = names.map(
    (name) => `<figure><img src="${name}"><figcaption>${name}</figcaption></figure>`,
  );
  const sheet = new URL(`${all}sheet-${language}.html`, repository);
  const style = `body { columns: 12; margin: 16px; width: 3200px; background: #8b949e; }
    figure { break-inside: avoid; margin: 0 0 16px; } img { width: 240px; border-radius: 6px; }`;
  writeFileSync(sheet, `<!doctype html><style>${style}</style>${figures.join('')}`);
  const { page } = await browser.open(language, 'light');
  await page.goto(sheet.href);
  await page.screenshot({ fullPage: true, path: fileURLToPath(sheet).replace('.html', '.png') });
  await page.close();
}

async function takeReadmes(): Promise<void> {
  for (const [language, file] of Object.entries(files)) {
    const panels: string[] = [];
    for (const theme of themes) panels.push(await panelOf(language, theme));
    await compose(panels, fileURLToPath(new URL(`docs/${file}`, repository)));
  }
}

/** The three states in one theme. */
async function panelOf(language: Language, theme: Theme): Promise<string> {
  const { show, picture, page } = await browser.open(language, theme, scale);
  const html: string[] = [];
  for (const names of columns) {
    const images: string[] = [];
    for (const name of names) {
      await show(name);
      const data = (await picture()).toString('base64');
      images.push(`<img width="320" src="data:image/png;base64,${data}">`);
    }
    html.push(`<div>${images.join('')}</div>`);
  }
  await page.close();
  return `<section style="background: ${backgrounds[theme]}">${html.join('')}</section>`;
}

/** Puts what was taken into one picture. */
async function compose(panels: readonly string[], path: string): Promise<void> {
  const { page } = await browser.open('en', 'light', scale);
  await page.setViewportSize({ width: 1600, height: 1200 });
  await page.setContent(`<!doctype html>
    <style>
      body { display: flex; width: fit-content; margin: 0; }
      section { display: flex; gap: 20px; padding: 24px; }
      div { display: flex; flex-direction: column; gap: 20px; }
      img { display: block; border-radius: 8px; }
    </style>
    ${panels.join('')}`);
  await page.locator('body').screenshot({ path });
  await page.close();
}
