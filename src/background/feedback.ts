import { type EndedRecord, type LogOutRecord, needsAttention } from '../core/record.ts';
import { endingOf } from '../text/ending.ts';
import type { Message, Translate } from '../text/message.ts';

/** How long the ✓ stays, in milliseconds. */
const tickDuration = 6_000;

interface Toolbar {
  show(badge: {
    readonly text: string;
    readonly color: string;
    readonly title: string;
  }): Promise<void>;
  isInSight(): Promise<boolean>;
  openPopup(): Promise<void>;
}

interface Parts {
  readonly toolbar: Toolbar;
  /** Whether a store's log-outs are this worker's: another worker opens the popup for its own. */
  serves(storeId: string): boolean;
  readonly translate: Translate;
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, callback: () => void): void;
  /** Milliseconds since 1970. */
  now(): number;
}

const colors = { working: '#5f6b7a', good: '#1a7f37', bad: '#c62828' };

/**
 * Tells of a log-out without the popup: by the toolbar badge (… while working, ✓ for some seconds,
 * ! until it is seen) and the button's title. A failure opens the popup by itself, and so does any
 * end while the button is out of sight, unless the log-out was asked for in the popup.
 * @returns a function that is to be shown every new state of a record.
 */
export function createFeedback({ toolbar, serves, translate, after, now }: Parts) {
  /** The newest state of each store's record. */
  const known = new Map<string, LogOutRecord>();

  const show = (text: string, color: string, ...parts: Message[]) => {
    const name = translate('name');
    const words = parts.map((part) => translate(...part)).join(' ');
    void toolbar.show({
      text,
      color,
      title: words === '' ? name : translate('badgeTitle', name, words),
    });
  };

  const showEnded = (record: EndedRecord) => {
    const { outcome, revocation, endedAt, seen } = record.state;
    const ending = endingOf(outcome, revocation, plain);
    const title: Message = [ending.title];
    const left = endedAt + tickDuration - now();
    if (needsAttention(record) && !seen) {
      show('!', colors.bad, title);
    } else if (ending.isGood && left > 0) {
      show('✓', colors.good, title);
      after(left, draw);
    } else {
      show('', colors.good);
    }
  };

  /** One button for all stores: work under way comes first, then what nobody has seen yet. */
  const draw = () => {
    const records = [...known.values()].reverse();
    if (records.some(({ state }) => state.phase === 'working')) {
      show('…', colors.working, ['workingTitle']);
      return;
    }
    const ended = (records as EndedRecord[]).sort((a, b) => b.state.endedAt - a.state.endedAt);
    const [newest] = ended;
    const unseen = ended.find((record) => needsAttention(record) && !record.state.seen);
    if (newest) showEnded(unseen ?? newest);
  };

  /** Where the button is hidden in the browser's menu, its ✓ reaches nobody. */
  const showUnlessInSight = async () => {
    if (!(await toolbar.isInSight())) await toolbar.openPopup();
  };

  return (record: LogOutRecord): void => {
    const before = known.get(record.storeId);
    // Deleted first: a map keeps the order in which its keys came.
    known.delete(record.storeId);
    known.set(record.storeId, record);
    draw();
    if (before?.id !== record.id || record.trigger === 'popup' || !serves(record.storeId)) return;
    if (needsAttention(record) && !needsAttention(before)) void toolbar.openPopup();
    else if (before.state.phase === 'working') void showUnlessInSight();
  };
}

/** The title names no cookies. */
const plain = (names: readonly string[]) => names.join(', ');
