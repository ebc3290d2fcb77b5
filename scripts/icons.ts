import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright';
import { chromiumPath, quietArguments } from '../e2e/browsers/chromium.ts';
import { drawIcon, fileOf, sizes, source } from '../e2e/icons.ts';

// Draws the PNG icons from the one SVG, in Chromium: `npm run icons`.

const browser = await chromium.launch({ executablePath: chromiumPath(), args: quietArguments });
const page = await browser.newPage();
const svg = await readFile(source, 'utf8');
for (const size of sizes) await writeFile(fileOf(size), await drawIcon(page, svg, size));
await browser.close();
