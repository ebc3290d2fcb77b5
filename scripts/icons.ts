import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright';
import { chromiumPath, quietArguments } from '../e2e/browsers/chromium.ts';
import { drawIcon, fileOf, icons, sourceOf } from '../e2e/icons.ts';

// Draws the PNG icons from their SVGs, in Chromium: `npm run icons`.

const browser = await chromium.launch({ executablePath: chromiumPath(), args: quietArguments });
const page = await browser.newPage();
for (const { name, sizes } of icons) {
  const svg = await readFile(sourceOf(name), 'utf8');
  for (const size of sizes) await writeFile(fileOf(name, size), await drawIcon(page, svg, size));
}
await browser.close();
