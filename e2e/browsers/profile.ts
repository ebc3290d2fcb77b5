import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for a browser's profile. */
export interface Profile {
  readonly folder: string;
  remove(): void;
}

/** Makes one, which may hold a real log-in: it goes also when the process is interrupted. */
export function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'log-out-profile-'));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', forget);
  return {
    folder,
    remove() {
      process.off('exit', forget);
      forget();
    },
  };
}
