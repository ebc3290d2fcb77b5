import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import optimise, { init } from '@jsquash/oxipng/optimise.js';
import { chromium } from 'playwright';
import { chromiumPath, quietArguments } from '../e2e/browsers/chromium.ts';
import { drawIcon, fileOf, icons, sourceOf } from '../e2e/icons.ts';

// Draws the PNG icons from their SVGs, in Chromium, and packs them: `npm run icons`.

// In Node the library does not find its own code.
const codec = fileURLToPath(
  import.meta.resolve('@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm'),
);
await init(await WebAssembly.compile(await readFile(codec)));

const browser = await chromium.launch({ executablePath: chromiumPath(), args: quietArguments });
const page = await browser.newPage();
for (const { name, sizes } of icons) {
  const svg = await readFile(sourceOf(name), 'utf8');
  for (const size of sizes) {
    const drawn = new Uint8Array(await drawIcon(page, svg, size));
    await writeFile(fileOf(name, size), new Uint8Array(await optimise(drawn.buffer, { level: 6 })));
  }
}
await browser.close();
