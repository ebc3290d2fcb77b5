import { type EndedRecord, type LogOutRecord, needsAttention } from '../core/record.ts';
import type { Message, Translate } from '../text/message.ts';
import { isWell, titleOf } from '../text/title.ts';

/** How long work may take before it is worth a sign, in milliseconds. */
const workDelay = 50;

/** How long the badge steps aside for the pages, which draw an end as well, in milliseconds. */
const endDelay = 30;

/** How long the ✓ stays, in milliseconds. */
const tickDuration = 6_000;

interface Badge {
  readonly text: string;
  readonly color: string;
  readonly title: string;
}

interface Toolbar {
  /** @param tabId draws on this tab's button alone. */
  show(badge: Badge, tabId?: number): Promise<void>;
  isInSight(): Promise<boolean>;
  openPopup(storeId: string, windowId: number | undefined): Promise<void>;
}

interface Parts {
  readonly toolbar: Toolbar;
  readonly translate: Translate;
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, callback: () => void): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** `half`: gone from here, and perhaps alive elsewhere. */
const colors = { working: '#5f6b7a', good: '#1a7f37', half: '#8a5a00', bad: '#c62828' };

export interface Feedback {
  /** Call with every new state of a record. */
  show(record: LogOutRecord): void;
  /** A store has no record any more. */
  forget(storeId: string): void;
  /** Draws the button anew, whatever a former worker has drawn. */
  renew(): void;
  /** The browser has thrown away what was drawn for this tab. */
  tabCleared(tabId: number): void;
  /** The window in which a store's next log-out was asked for. */
  setWindow(storeId: string, windowId: number | undefined): void;
}

/**
 * Tells of a log-out without the popup: by the toolbar badge (… while working, ✓ for some seconds,
 * ! until it is seen) and the button's title. After one that was asked for outside the popup, a
 * failure opens the popup by itself, and so does any end while the button is out of sight: once.
 * After one by a rule nothing opens: nobody is looking.
 */
export function createFeedback({ toolbar, translate, after, now }: Parts): Feedback {
  /** The newest state of each store's record. */
  const known = new Map<string, LogOutRecord>();
  const windows = new Map<string, number | undefined>();
  let drawn: Badge | undefined;

  const show = (text: string, color: string, ...parts: Message[]) => {
    const name = translate('name');
    const words = parts.map((part) => translate(...part)).join(' ');
    const title = words === '' ? name : translate('badgeTitle', name, words);
    if (drawn?.text === text && drawn.title === title) return;
    drawn = { text, color, title };
    toolbar.show(drawn).catch(() => undefined);
  };

  const showEnded = (record: EndedRecord) => {
    const { outcome, revocation, endedAt, seen } = record.state;
    const title: Message = [titleOf(outcome, revocation)];
    // A clock may have been put back.
    const left = Math.min(endedAt + tickDuration - now(), tickDuration);
    if (needsAttention(record) && !seen) {
      show('!', colors.bad, title);
    } else if (isWell(outcome, revocation) && left > 0) {
      show('✓', outcome.kind === 'removed-locally' ? colors.half : colors.good, title);
      after(left, draw);
    } else {
      show('', colors.good);
    }
  };

  /** One button for all stores: work under way comes first, then what nobody has seen yet. */
  const draw = () => {
    const records = [...known.values()].reverse();
    if (records.some(({ state }) => state.phase === 'working')) {
      show('…', colors.working, ['titleWorking']);
      return;
    }
    const ended = (records as EndedRecord[]).sort((a, b) => b.state.endedAt - a.state.endedAt);
    const [newest] = ended;
    const unseen = ended.find((record) => needsAttention(record) && !record.state.seen);
    const told = unseen ?? newest;
    if (told) showEnded(told);
    else show('', colors.good);
  };

  /** Where the button is hidden in the browser's menu, its ✓ reaches nobody. */
  const openPopup = async (record: LogOutRecord) => {
    if (needsAttention(record) || !(await toolbar.isInSight())) {
      await toolbar.openPopup(record.storeId, windows.get(record.storeId));
    }
  };

  return {
    show(record) {
      const before = known.get(record.storeId);
      // Deleted first: a map keeps the order in which its keys came.
      known.delete(record.storeId);
      known.set(record.storeId, record);
      // Drawing takes the browser's time, which the log-out needs: what ends at once shows its end.
      if (record.state.phase === 'ended') after(endDelay, draw);
      else if (before?.id !== record.id) after(workDelay, draw);
      if (['popup', 'rule'].includes(record.trigger) || record.state.phase !== 'ended') return;
      const hasJustEnded = before?.id === record.id && before.state.phase === 'working';
      const isWarning =
        before?.id === record.id && !needsAttention(before) && needsAttention(record);
      if (hasJustEnded || isWarning) openPopup(record).catch(() => undefined);
    },
    forget(storeId) {
      known.delete(storeId);
      draw();
    },
    renew() {
      drawn = undefined;
      draw();
    },
    tabCleared(tabId) {
      // Where nothing was drawn yet, every tab is still to come.
      if (drawn) toolbar.show(drawn, tabId).catch(() => undefined);
    },
    setWindow: (storeId, windowId) => void windows.set(storeId, windowId),
  };
}
