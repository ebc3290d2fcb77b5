import { readAccount } from '../core/log-out.ts';
import type { Jar, Needs } from '../core/needs.ts';
import { type EndedRecord, type LogOutRecord, livingOf } from '../core/record.ts';

/** A button in the toolbar that has an icon of its own; without a tab or a window, all the others. */
interface Button {
  /** The cookie store that it tells of. */
  readonly storeId: string;
  readonly tabId?: number;
  readonly windowId?: number;
}

interface Parts {
  readonly toolbar: {
    /** The buttons that are ours to draw on, as they are now. */
    buttons(): Promise<Button[]>;
    setIcon(button: Button, isInColor: boolean): Promise<void>;
  };
  readonly access: Pick<Needs['access'], 'isGranted'>;
  jarOf(storeId: string): Pick<Jar, 'list'>;
  fingerprint(salt: string, value: string): Promise<string>;
}

export interface Icon {
  /** Call with every new state of a record: it may list dead ids, which are no sessions. */
  show(record: LogOutRecord): void;
  /** A store has no record any more. */
  forget(storeId: string): void;
  /** Draws every icon anew, whatever a former worker has drawn. Before that, nothing is drawn. */
  renew(): void;
  /** Looks again: a session, the access to the site, or a tab in front may have come or gone. */
  update(): void;
  /** The browser has thrown away what was drawn for this tab. */
  tabCleared(tabId: number): void;
}

/**
 * Tells by the button's icon whether somebody is logged in: in color where the button's store holds
 * a session, grey where it holds none, or where the site may not be seen.
 */
export function createIcon({ toolbar, access, jarOf, fingerprint }: Parts): Icon {
  /** The newest end of each store. While a later log-out is at work, what is dead stays dead. */
  const ends = new Map<string, EndedRecord>();
  /** Whether each button is in color, as far as this worker has drawn it. */
  const drawn = new Map<string, boolean>();
  let isReady = false;
  let isDrawing = false;
  let isOutdated = false;

  const hasSession = async (storeId: string): Promise<boolean> => {
    if (!(await access.isGranted())) return false;
    const end = ends.get(storeId);
    const { sessions } = await readAccount(jarOf(storeId), (id) => fingerprint(end?.id ?? '', id));
    return livingOf(end, sessions).length > 0;
  };

  const draw = async (button: Button, isInColor: boolean) => {
    const key = keyOf(button);
    if (drawn.get(key) === isInColor) return;
    // Noted first: a tab that is cleared while it is being drawn is drawn once more.
    drawn.set(key, isInColor);
    // A tab or a window may have been closed meanwhile.
    await toolbar.setIcon(button, isInColor).catch(() => drawn.delete(key));
  };

  const drawAll = async () => {
    const buttons = await toolbar.buttons();
    const keys = new Set(buttons.map(keyOf));
    for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
    const storeIds = [...new Set(buttons.map(({ storeId }) => storeId))];
    const states = await Promise.all(
      // A store may be gone by now.
      storeIds.map(async (id) => [id, await hasSession(id).catch(() => false)] as const),
    );
    const inColor = new Map(states);
    await Promise.all(buttons.map((button) => draw(button, inColor.get(button.storeId) ?? false)));
  };

  /** One look at a time: what happens meanwhile is looked at afterwards, all together. */
  const update = async () => {
    isOutdated = true;
    if (isDrawing || !isReady) return;
    isDrawing = true;
    while (isOutdated) {
      isOutdated = false;
      await drawAll().catch(() => undefined);
    }
    isDrawing = false;
  };

  return {
    show(record) {
      if (record.state.phase !== 'ended') return;
      const end = record as EndedRecord;
      const before = ends.get(end.storeId);
      ends.set(end.storeId, end);
      if (listsDead(before) || listsDead(end)) void update();
    },
    forget(storeId) {
      const before = ends.get(storeId);
      ends.delete(storeId);
      if (listsDead(before)) void update();
    },
    renew() {
      isReady = true;
      drawn.clear();
      void update();
    },
    update: () => void update(),
    tabCleared(tabId) {
      drawn.delete(keyOf({ tabId }));
      void update();
    },
  };
}

function keyOf({ tabId, windowId }: Pick<Button, 'tabId' | 'windowId'>): string {
  return `${tabId}/${windowId}`;
}

function listsDead(end: EndedRecord | undefined): boolean {
  return end !== undefined && end.state.dead.length > 0;
}
