import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';

/** The files of an archive, by their paths in it. */
export type Files = ReadonlyMap<string, Uint8Array>;

/**
 * The time that each file of an archive bears: its own would differ from clone to clone. In the zone
 * of the machine, as an archive knows no zones.
 */
const mtime = new Date(2026, 0, 1);

/** A zip archive. The same files give the same bytes, wherever and whenever it is made. */
export function archiveOf(files: Files): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries<Uint8Array>(sorted) satisfies Zippable, { level: 9, mtime });
}

/** What `sha256sum --check` reads. */
export function sumsOf(archives: Files): string {
  const lines = [...archives].map(
    ([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`,
  );
  return lines.join('');
}
