import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { expectAccessible, expectNothingCutOff } from '../../accessibility.ts';
import { expect, gate, logIn, openLoggedIn, test } from '../../fixtures.ts';
import { openStates, themes } from '../../states/browser.ts';
import { states } from '../../states/states.ts';

const repository = new URL('../../../', import.meta.url);
const pictures = fileURLToPath(new URL('e2e/output/screenshots/', repository));
// `states/catalogues.ts` has them from Vite, which does not run here.
const languages = readdirSync(new URL('public/_locales/', repository));

/** The popup and the settings with the most words. */
const longest = ['others-ended', 'settings-locked'];

/** States that between them have every color on every ground. */
const colorful = [
  ...longest,
  'logged-in-countdown',
  'logged-out-details',
  'logged-out-still-alive',
  'offline-asking',
  'blocked-details',
  'cookies-remain-not-removable',
];

test('every state: nothing is cut off in any language, and axe finds nothing', async () => {
  const browser = await openStates();
  for (const language of languages) {
    const said = new Set<string>();
    const { page, show } = await browser.open(language, 'light');
    for (const name of Object.keys(states)) {
      for (const key of await show(name)) said.add(key);
      // Names and roles are the same in each language; how long its words are is not.
      const isAsked = language === 'en' || longest.includes(name);
      const expectWell = isAsked ? expectAccessible : expectNothingCutOff;
      await expectWell(page, `${name}, ${language}`);
    }
    await page.close();
    // Not every language has a form of its own for one.
    const hasOne = new Intl.PluralRules(language.replace('_', '-')).select(1) === 'one';
    const unsaid = (await messagesOfPages())
      .filter((key) => hasOne || !key.endsWith('One'))
      .filter((key) => !said.has(key));
    expect(unsaid, `messages that no state shows, ${language}`).toEqual([]);
  }
  await browser.close();
});

const darkStates = [
  { what: 'a state of each color', tag: [], names: colorful },
  { what: 'every state', tag: ['@all'], names: Object.keys(states) },
];
for (const { what, tag, names } of darkStates) {
  test(`${what} in the dark theme has contrast enough`, { tag }, async () => {
    const browser = await openStates();
    const { page, show } = await browser.open('en', 'dark');
    for (const name of names) {
      await show(name);
      await expectAccessible(page, `${name}, dark`, ['color-contrast']);
    }
    await browser.close();
  });
}

/** The messages whose keys stand in the code of the pages. */
async function messagesOfPages(): Promise<string[]> {
  const catalogue = await readFile(new URL('public/_locales/en/messages.json', repository), 'utf8');
  const files = await Promise.all(
    ['popup', 'options', 'text'].map(async (folder) => {
      const url = new URL(`src/${folder}/`, repository);
      const names = (await readdir(url)).filter((name) => !name.includes('.test.'));
      return Promise.all(names.map((name) => readFile(new URL(name, url), 'utf8')));
    }),
  );
  const code = files.flat().join('\n');
  return Object.keys(JSON.parse(catalogue)).filter((key) => code.includes(`'${key}'`));
}

// The states are drawn by the pages' own code, but not by the extension: one look at that itself.
test('the real pages: logged in, logging out, proven; settings', async ({ chromium, standIn }) => {
  await chromium.switchOn('siteData');
  const session = await logIn(chromium, standIn, { uname: 'Ann' });
  const popup = await openLoggedIn(chromium, session);
  await look(popup.page, 'logged-in');

  const { hold, open } = gate();
  standIn.script('exit', { hold });
  await popup.press('log-out');
  await popup.waitFor({ view: 'working', step: 'revoke' });
  await look(popup.page, 'working');
  open();
  await popup.waitFor({ outcome: 'logged-out', revocation: 'proven' });
  await popup.waitForFollowUp('siteData', 'done');
  await look(popup.page, 'logged-out-proven');

  // Without a policy nothing is set, and the schema of policies is one that this browser takes.
  expect(await chromium.inExtension(() => chrome.storage.managed.get(null), null)).toEqual({});
  const options = await chromium.openOwnPage('src/options/index.html');
  await options.locator('input[name=siteData]:checked').waitFor();
  await look(options, 'settings');
});

async function look(page: Page, name: string): Promise<void> {
  // As a page, on a small screen or enlarged.
  await page.setViewportSize({ width: 240, height: 600 });
  await expectNothingCutOff(page, `${name}, narrow`);
  await page.setViewportSize({ width: 352, height: 600 });
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, `${name}, ${colorScheme}`);
    await page.locator('body').screenshot({ path: `${pictures}real-${colorScheme}-${name}.png` });
  }
}
