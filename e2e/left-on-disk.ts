import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageLike } from './browsers/extension-browser.ts';
import type { Session } from './stand-in/index.ts';

/** What tells of a log-in: its cookies' values, and whose it was. */
export function textsOf({ sessdata, biliJct, ckMd5, uid, uname }: Session): string[] {
  // Before its random part is a time, which another session may share.
  const [id = ''] = sessdata.split('%2C').slice(2);
  return [id, biliJct, ckMd5, uid, uname];
}

/** The numbers and digests of records, which are random in each log-out. */
export function textsOfRecords(records: unknown): string[] {
  return (
    JSON.stringify(records).match(/[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
  );
}

/** Lets a page of the site store texts, as far as its window keeps anything. */
export async function storeIn(page: PageLike, texts: readonly string[]): Promise<void> {
  await page.evaluate((all) => {
    for (const [index, text] of all.entries()) localStorage.setItem(`text ${index}`, text);
  }, texts);
}

/** How much of a text is looked for: a file that packs what it holds may have cut it in pieces. */
const stretch = 12;

/**
 * Of which of some texts at least a stretch stands in a folder, as UTF-8 or UTF-16, in whatever file.
 * What a file encrypts is not seen: who looks for nothing should also look for what must be found.
 */
export function foundIn(folder: string, texts: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const isThere = (part: string) =>
    files.some((file) => file.includes(part) || file.includes(Buffer.from(part, 'utf16le')));
  return texts.filter((text) => {
    for (let at = 0; at + stretch <= text.length; at += 4) {
      if (isThere(text.slice(at, at + stretch))) return true;
    }
    return false;
  });
}
