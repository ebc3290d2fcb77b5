import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sizesOf } from '../../scripts/sizes.ts';
import {
  type ChromiumBrowser,
  extensionFolder,
  extensionIdOf,
  launchChromium,
} from '../browsers/chromium.ts';
import { startDisplay } from '../browsers/display.ts';
import { startStandIn } from '../stand-in/index.ts';
import { createLink } from './link.ts';
import {
  measureClick,
  measureCrowd,
  measureKey,
  measureLongWay,
  measureMemory,
  measureOpening,
  median,
  type Place,
  paintOf,
  type Times,
} from './measures.ts';

// Times of the built extension in a real Chromium, against floors of the same run: see README.md here.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    turns: { type: 'string', default: '15' },
    /** After how many log-outs memory is weighed. */
    logouts: { type: 'string', default: '1000' },
  },
});
const [turns, logOuts] = [Number(values.turns), Number(values.logouts)];
if (![turns, logOuts].every((count) => Number.isSafeInteger(count) && count > 0)) {
  throw new Error('--turns and --logouts are whole numbers from 1.');
}

const output = fileURLToPath(new URL('../output/', import.meta.url));
const floors = fileURLToPath(new URL('floors', import.meta.url));
const beside = positionals.map((folder) => resolve(folder));

/** A line of the table. Numbers are milliseconds, unless the line says otherwise. */
interface Row {
  readonly what: string;
  readonly ours: number;
  readonly floor?: number;
  readonly figure: string;
  readonly target?: string;
  readonly isMet?: boolean;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** How many times as long as the floor it took. */
function ratio(what: string, { ours, floor }: Times, target?: number): Row {
  const [own, least] = [median(ours), median(floor)];
  return {
    what,
    ours: round(own),
    floor: round(least),
    figure: `${(own / least).toFixed(2)} ×`,
    ...(target !== undefined && { target: `≤ ${target} ×`, isMet: own / least <= target }),
  };
}

/** How much longer than the floor it took. */
function excess(what: string, { ours, floor }: Times, target?: number): Row {
  const [own, least] = [median(ours), median(floor)];
  return {
    what,
    ours: round(own),
    floor: round(least),
    figure: `+ ${round(own - least)} ms`,
    ...(target !== undefined && { target: `≤ + ${target} ms`, isMet: own - least <= target }),
  };
}

/** Opens the popups of other extensions beside ours. */
async function openOthers(browser: ChromiumBrowser): Promise<Row[]> {
  const rows: Row[] = [];
  for (const folder of beside) {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const popup: string | undefined = manifest.action?.default_popup;
    if (!popup) throw new Error(`${folder} has no popup.`);
    const url = new URL(popup, `chrome-extension://${extensionIdOf(folder)}/`).href;
    const times: number[] = [];
    for (let turn = 0; turn <= turns; turn += 1) times.push(await paintOf(browser, url));
    const own = round(median(times.slice(1)));
    rows.push({ what: `first paint of ${manifest.name}`, ours: own, figure: `${own} ms` });
  }
  return rows;
}

async function measureHeadless(): Promise<Row[]> {
  const standIn = await startStandIn({ keepsConnections: true });
  const link = await createLink(standIn.port);
  const browser = await launchChromium({ standIn: link, beside: [floors, ...beside] });
  // The popup is to begin nothing by itself.
  await browser.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
  const place: Place = { browser, standIn, link, floors };
  try {
    const opening = await measureOpening(place, turns);
    const [ready, painted] = [median(opening.ready), median(opening.ours)];
    const others = await openOthers(browser);
    await browser.reset();
    await browser.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
    const click = await measureClick(place, turns);
    const far = await measureLongWay(place, Math.ceil(turns / 2), 200);
    const cookies = await measureCrowd(place, turns, 'cookies');
    const tabs = await measureCrowd(place, Math.ceil(turns / 3), 'tabs');
    return [
      excess('click → outcome, over a bare fetch', click.whole, 10),
      ...[...click.parts].map(([what, times]) => excess(`of that: ${what}`, times)),
      ratio('the same, 200 ms round trip, cold, against a warm fetch', far, 1.1),
      ratio('popup’s first paint, against a static page', opening, 1.15),
      {
        what: 'popup opened → button works, after its first paint',
        ours: round(ready),
        floor: round(painted),
        figure: `+ ${round(ready - painted)} ms`,
        target: '≤ + 10 ms',
        isMet: ready - painted <= 10,
      },
      ratio('log-out with 180 cookies on the site', cookies.logOut, 1.3),
      ratio('log-out with 60 tabs open', tabs.logOut, 1.3),
      ratio('a bare fetch with 180 cookies', cookies.bare),
      ratio('a bare fetch with 60 tabs open', tabs.bare),
      ...others,
    ];
  } finally {
    await browser.close();
    await link.close();
    await standIn.close();
  }
}

async function measureOnScreen(): Promise<Row[]> {
  const standIn = await startStandIn({ keepsConnections: true });
  const link = await createLink(standIn.port);
  const display = await startDisplay();
  const browser = await launchChromium({
    standIn: link,
    display: display.name,
    beside: [floors],
  });
  try {
    const key = await measureKey({ browser, standIn, link, floors }, display, turns);
    return [ratio('key → request, worker asleep, against an empty worker', key, 1.3)];
  } finally {
    await browser.close();
    await display.close();
    await link.close();
    await standIn.close();
  }
}

async function measureHeaps(): Promise<Row[]> {
  const standIn = await startStandIn({ keepsConnections: true });
  const link = await createLink(standIn.port);
  const browser = await launchChromium({ standIn: link });
  await browser.inExtension(() => chrome.storage.sync.set({ toolbarClick: 'ask' }), null);
  try {
    const { first, last } = await measureMemory({ browser, standIn, link, floors }, logOuts);
    const inMB = (bytes: number) => Math.round((100 * bytes) / 2 ** 20) / 100;
    return (['worker', 'popup'] as const).map((part) => ({
      what: `heap of the ${part} after ${logOuts} log-outs, against half-way, in MB`,
      ours: inMB(last[part]),
      floor: inMB(first[part]),
      figure: `${(last[part] / first[part]).toFixed(2)} ×`,
      target: '≤ 1.05 ×',
      isMet: last[part] / first[part] <= 1.05,
    }));
  } finally {
    await browser.close();
    await link.close();
    await standIn.close();
  }
}

function weighFiles(): Row[] {
  const sizes = sizesOf(extensionFolder);
  const targets = [
    ['popup', 'scripts of the popup', 20],
    ['worker', 'scripts of the worker', 14],
    ['package', 'the whole package', 60],
  ] as const;
  return targets.map(([part, what, most]) => {
    const ours = round(sizes[part] / 1024);
    const figure = `${ours} KB`;
    return { what: `${what}, gzipped`, ours, figure, target: `≤ ${most} KB`, isMet: ours <= most };
  });
}

const rows = [
  ...(await measureHeadless()),
  ...(await measureOnScreen()),
  ...(await measureHeaps()),
  ...weighFiles(),
];

const head = ['what', 'ours', 'floor', 'figure', 'target', ''];
const lines = rows.map(({ what, ours, floor, figure, target, isMet }) => [
  what,
  `${ours}`,
  floor === undefined ? '' : `${floor}`,
  figure,
  target ?? '',
  isMet === undefined ? '' : isMet ? 'met' : 'missed',
]);
const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
console.log(`\n${table.join('\n')}\n`);
mkdirSync(output, { recursive: true });
const report = { turns, cpu: cpus()[0]?.model, cores: cpus().length, rows };
writeFileSync(join(output, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(`Medians of ${turns} turns, in milliseconds; also in e2e/output/bench.json.`);
