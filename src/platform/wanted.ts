import { isFirefox } from './build.ts';

/**
 * Which of the browser's events were wanted when the worker started. A worker is woken only for
 * listeners that it had at its start, before it can read a setting. Chromium's forgets one that is
 * taken off again. Firefox's event page does not (seen in 153): so there it is noted where a page can
 * read at once, and a listener that nobody wants is not put on.
 */
const notes = isFirefox ? orElse(null, () => globalThis.localStorage) : null;

/** A browser may forbid it (then it is null, or throws), and a file may be damaged, or the disk full. */
function orElse<T>(otherwise: T, run: () => T): T {
  try {
    return run();
  } catch {
    return otherwise;
  }
}

/** Some of the browser's events, and whether they are wanted. */
export interface Wanted {
  /** Whether they are to be listened to from the start. Where nothing can be noted, they are. */
  readonly fromStart: boolean;
  /** @returns whether the browser will wake the worker for them, if it is stopped now. */
  note(isWanted: boolean): boolean;
}

/** @param events what they are called in the notes. */
export function wantedEvents(events: string): Wanted {
  if (!isFirefox) return { fromStart: true, note: () => true };
  const fromStart = orElse(true, () => !notes || notes.getItem(events) !== null);
  return {
    fromStart,
    note(isWanted) {
      orElse(undefined, () =>
        isWanted ? notes?.setItem(events, 'wanted') : notes?.removeItem(events),
      );
      return !isWanted || fromStart;
    },
  };
}
