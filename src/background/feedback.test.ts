import { describe, expect, it } from 'vitest';
import { beginning } from '../core/order.ts';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import {
  begun,
  type LogOutRecord,
  type Trigger,
  withOutcome,
  withProgress,
  withRevocation,
  withSeen,
} from '../core/record.ts';
import { createFeedback } from './feedback.ts';

const cookies = fatesOf([], [], []);
const kept = fatesOf(['SESSDATA'], [], ['SESSDATA']);
const good: Outcome = { kind: 'logged-out', cookies };
const bad: Outcome = { kind: 'offline', cookies: kept, othersEnded: false };
const endedAt = 1_000_000;

const start = (trigger: Trigger = 'shortcut', id = 'a', storeId = '0') =>
  begun({ id, storeId, trigger, mode: 'server', startedAt: 0, sessions: ['s'], found: [] });
const endOf = (record: LogOutRecord, outcome: Outcome, isProving = false) =>
  withOutcome(record, { outcome, endedAt, isProving, tasks: [], kept: [], dead: [] });

/** A toolbar that writes down what it shows, and a clock that is moved by hand. */
function setUp({ isInSight = async () => true, isBroken = false } = {}) {
  const badges: string[] = [];
  const colors: string[] = [];
  const timers: { at: number; callback: () => void }[] = [];
  const popups: [string, number | undefined][] = [];
  let time = endedAt;
  const broken = async () => {
    if (isBroken) throw new Error('broken');
  };
  const feedback = createFeedback({
    toolbar: {
      async show({ text, color, title }, tabId) {
        badges.push(`${text}|${title}${tabId === undefined ? '' : ` on ${tabId}`}`);
        colors.push(color);
        await broken();
      },
      isInSight,
      async openPopup(...place) {
        popups.push(place);
        await broken();
      },
    },
    translate: (key, ...substitutions) =>
      substitutions.length > 0 ? `${key}(${substitutions.join()})` : key,
    after: (milliseconds, callback) => timers.push({ at: time + milliseconds, callback }),
    now: () => time,
  });
  const pass = (milliseconds: number) => {
    time += milliseconds;
    const due = timers.filter(({ at }) => at <= time);
    for (const timer of due) {
      timers.splice(timers.indexOf(timer), 1);
      timer.callback();
    }
  };
  return {
    ...feedback,
    badges,
    colors,
    popups,
    /** Shows one state of a record after another, each for long enough. */
    showAll(...records: LogOutRecord[]) {
      for (const record of records) {
        feedback.show(record);
        pass(50);
      }
    },
    badge: () => badges.at(-1)?.split('|')[0],
    pass,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const titled = (words: string) => `badgeTitle(name,${words})`;

describe('the badge', () => {
  const asking = endOf(start(), good, true);
  it.each<[string, LogOutRecord, string]>([
    ['work', start(), `…|${titled('titleWorking')}`],
    ['a good end', endOf(start(), good), `✓|${titled('titleLoggedOut')}`],
    ['a good end, being proved', asking, `✓|${titled('titleLoggedOut')}`],
    ['a good end, proven', withRevocation(asking, 'proven'), `✓|${titled('titleLoggedOut')}`],
    [
      'a good end, proof unknown',
      withRevocation(asking, 'unknown'),
      `✓|${titled('titleLoggedOut')}`,
    ],
    [
      'a good end, seen',
      withSeen(endOf(start(), { kind: 'removed-locally', cookies })),
      `✓|${titled('titleRemovedLocally')}`,
    ],
    [
      'a session that is still alive',
      withRevocation(asking, 'still-alive'),
      `!|${titled('titleStillAlive')}`,
    ],
    [
      'a session that is still alive, seen',
      withSeen(withRevocation(asking, 'still-alive')),
      '|name',
    ],
    ['a failure', endOf(start(), bad), `!|${titled('titleStillLoggedIn')}`],
    ['a failure, seen', withSeen(endOf(start(), bad)), '|name'],
    [
      'no access',
      endOf(start(), { kind: 'no-access', reached: 'nothing-sent' }),
      `!|${titled('titleNoAccess')}`,
    ],
  ])('shows %s', (_, record, badge) => {
    const { showAll, badges } = setUp();
    showAll(record);
    expect(badges).toEqual([badge]);
  });

  it('says nothing of work that ends at once, but its end', () => {
    const { show, badges, pass } = setUp();
    show(start());
    pass(49);
    show(endOf(start(), good));
    pass(1);
    expect(badges).toEqual([`✓|${titled('titleLoggedOut')}`]);
  });

  it('has a color of its own for work, good and bad', () => {
    const { showAll, colors } = setUp();
    showAll(start(), endOf(start(), good), endOf(start(), bad));
    expect(new Set(colors).size).toBe(3);
  });

  it('is drawn once for all steps of the work', () => {
    const { showAll, badges } = setUp();
    const progress = { ...beginning, step: 'clear', asked: true } as const;
    showAll(start(), withProgress(start(), progress), withProgress(start(), progress));
    expect(badges).toHaveLength(1);
  });

  it('shows ! until it is seen', () => {
    const { showAll, badges, pass } = setUp();
    const failure = endOf(start(), bad);
    showAll(failure);
    pass(60_000);
    expect(badges).toHaveLength(1);
    showAll(withSeen(failure));
    expect(badges.at(-1)).toBe('|name');
  });

  it('of a former worker is drawn over by a new one, also where nothing is to be told', () => {
    const { showAll, renew, badges } = setUp();
    renew();
    expect(badges).toEqual(['|name']);
    showAll(endOf(start(), bad));
    renew();
    expect(badges.slice(1)).toEqual(Array(2).fill(`!|${titled('titleStillLoggedIn')}`));
  });
});

describe('the badge of a tab that the browser has cleared', () => {
  const told = `!|${titled('titleStillLoggedIn')}`;

  it('is drawn again, there alone', () => {
    const { showAll, tabCleared, badges } = setUp();
    showAll(endOf(start(), bad));
    tabCleared(7);
    tabCleared(7);
    expect(badges).toEqual([told, `${told} on 7`, `${told} on 7`]);
  });

  it('waits for the first one of all tabs, when the worker has just started', () => {
    const { renew, tabCleared, badges } = setUp();
    tabCleared(7);
    expect(badges).toEqual([]);
    renew();
    expect(badges).toEqual(['|name']);
  });
});

describe('the ✓', () => {
  const done = endOf(start(), good);

  it('goes six seconds after the end', () => {
    const { show, badges, pass } = setUp();
    show(done);
    pass(5_999);
    expect(badges).toHaveLength(1);
    pass(1);
    expect(badges.slice(1)).toEqual(['|name']);
    pass(60_000);
    expect(badges).toHaveLength(2);
  });

  it('goes six seconds after the end, not after what else is known of it', () => {
    const { show, badge, pass } = setUp();
    const asking = endOf(start(), good, true);
    show(asking);
    pass(4_000);
    show(withRevocation(asking, 'proven'));
    expect(badge()).toBe('✓');
    pass(2_000);
    expect(badge()).toBe('');
  });

  it('is not shown by a worker that starts later', () => {
    const { showAll, badges, pass } = setUp();
    pass(6_000);
    showAll(done);
    expect(badges).toEqual(['|name']);
  });

  it('does not take away what a later log-out shows', () => {
    const { showAll, badge, pass } = setUp();
    showAll(done, start('shortcut', 'b'));
    pass(6_000);
    expect(badge()).toBe('…');
  });

  it('does not take away the warning of its own log-out', () => {
    const { showAll, badge, pass } = setUp();
    const asking = endOf(start(), good, true);
    showAll(asking, withRevocation(asking, 'still-alive'));
    pass(6_000);
    expect(badge()).toBe('!');
  });
});

describe('the popup opens by itself', () => {
  const storyOf = (trigger: Trigger) => {
    const work = [start(trigger), start(trigger), start(trigger)];
    const asking = endOf(start(trigger), good, true);
    return {
      failure: [...work, endOf(start(trigger), bad)],
      warning: [...work, asking, withRevocation(asking, 'still-alive')],
      good: [...work, asking, withRevocation(asking, 'proven')],
    };
  };
  const outOfSight = async () => false;

  it.each<[Trigger, number]>([
    ['context-menu', 1],
    ['shortcut', 1],
    ['popup', 0],
    // Nobody is looking; the badge waits.
    ['rule', 0],
  ])('for a failure, where it was asked for elsewhere: %s, %i', async (trigger, count) => {
    for (const kind of ['failure', 'warning'] as const) {
      const { showAll, popups } = setUp();
      showAll(...storyOf(trigger)[kind]);
      await settled();
      expect(popups).toHaveLength(count);
    }
  });

  it.each<[Trigger, boolean, number]>([
    ['shortcut', true, 0],
    ['context-menu', false, 1],
    ['shortcut', false, 1],
    ['popup', false, 0],
    ['rule', false, 0],
  ])(
    'once, and at a good end only if the button is unpinned: %s, %s, %i',
    async (trigger, isInSight, count) => {
      const { show, popups } = setUp({ isInSight: async () => isInSight });
      const { good: records } = storyOf(trigger);
      for (const record of [...records, ...records.slice(-1)]) {
        show(record);
        await settled();
        // Never while it is at work.
        if (record.state.phase === 'working') expect(popups).toEqual([]);
      }
      expect(popups).toHaveLength(count);
    },
  );

  it('once for a failure, also where the button is unpinned', async () => {
    const { showAll, popups } = setUp({ isInSight: outOfSight });
    const failure = endOf(start(), bad);
    showAll(start(), failure, failure, withSeen(failure));
    await settled();
    expect(popups).toHaveLength(1);
  });

  it('for the store and over the window in which the log-out was asked for', async () => {
    const { showAll, setWindow, popups } = setUp();
    setWindow('1', 7);
    setWindow('0', 8);
    const [inOne, inTwo] = [start('shortcut', 'a', '1'), start('shortcut', 'b', '2')];
    showAll(inOne, endOf(inOne, bad), inTwo, endOf(inTwo, bad));
    await settled();
    expect(popups).toEqual([
      ['1', 7],
      ['2', undefined],
    ]);
  });

  it('not for an end that a starting worker finds', async () => {
    const { show, popups } = setUp({ isInSight: outOfSight });
    show(endOf(start(), bad));
    await settled();
    expect(popups).toEqual([]);
  });

  it('not for the end of one log-out after the work of another', async () => {
    const { showAll, popups } = setUp({ isInSight: outOfSight });
    showAll(start('shortcut', 'b'), endOf(start('shortcut', 'a'), bad));
    await settled();
    expect(popups).toEqual([]);
  });
});

describe('of several stores', () => {
  const inStore = (storeId: string, record: LogOutRecord) => ({ ...record, storeId });
  const failed = inStore('1', endOf(start(), bad));

  it.each<[string, LogOutRecord[], string]>([
    ['a failure that nobody has seen', [failed, withSeen(endOf(start(), good))], '!'],
    ['a failure, also when another ends well later', [failed, endOf(start(), good)], '!'],
    ['work under way before a failure', [start(), failed], '…'],
    ['the newest end, when all is seen', [withSeen(failed), endOf(start(), good)], '✓'],
  ])('the badge shows %s', (_, records, badge) => {
    const shown = setUp();
    shown.showAll(...records);
    expect(shown.badge()).toBe(badge);
  });

  it('one that is gone holds the badge no longer: neither its work nor its failure', () => {
    const { showAll, forget, badge } = setUp();
    showAll(inStore('1', start()), endOf(start(), bad));
    expect(badge()).toBe('…');
    forget('1');
    expect(badge()).toBe('!');
    forget('0');
    expect(badge()).toBe('');
  });
});

it('a toolbar that fails in every way is no error', async () => {
  const fails = async (): Promise<never> => {
    throw new Error('broken');
  };
  // An unhandled rejection fails this test run.
  for (const isInSight of [fails, async () => false]) {
    const { showAll, badges } = setUp({ isInSight, isBroken: true });
    showAll(start(), endOf(start(), good));
    await settled();
    expect(badges).toHaveLength(2);
  }
});
