import { describe, expect, it } from 'vitest';
import { fatesOf, type Outcome } from '../core/outcome.ts';
import { begun, ended, type LogOutRecord, proved, seen, type Trigger } from '../core/record.ts';
import { createFeedback } from './feedback.ts';

const cookies = fatesOf([], [], []);
const good: Outcome = { kind: 'logged-out', cookies };
const bad: Outcome = { kind: 'offline', cookies };
const endedAt = 1_000_000;

const start = (trigger: Trigger = 'shortcut', id = 'a') =>
  begun({ id, storeId: '0', trigger, mode: 'server', startedAt: 0 });
const endOf = (record: LogOutRecord, outcome: Outcome, isProving = false) =>
  ended(record, { outcome, endedAt, isProving, tasks: [] }, undefined);

/** A toolbar that writes down what it shows, and a clock that is moved by hand. */
function setUp({ isInSight = true } = {}) {
  const badges: string[] = [];
  const colors: string[] = [];
  const timers: { at: number; callback: () => void }[] = [];
  let popups = 0;
  let time = endedAt;
  const show = createFeedback({
    toolbar: {
      async show({ text, color, title }) {
        badges.push(`${text}|${title}`);
        colors.push(color);
      },
      isInSight: async () => isInSight,
      async openPopup() {
        popups += 1;
      },
    },
    serves: () => true,
    translate: (key, ...substitutions) =>
      substitutions.length > 0 ? `${key}(${substitutions.join()})` : key,
    after: (milliseconds, callback) => timers.push({ at: time + milliseconds, callback }),
    now: () => time,
  });
  return {
    badges,
    colors,
    show,
    popups: () => popups,
    pass(milliseconds: number) {
      time += milliseconds;
      const due = timers.filter(({ at }) => at <= time);
      for (const timer of due) {
        timers.splice(timers.indexOf(timer), 1);
        timer.callback();
      }
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const titled = (words: string) => `badgeTitle(name,${words})`;

describe('the badge', () => {
  const asking = endOf(start(), good, true);
  it.each<[string, LogOutRecord, string]>([
    ['work', start(), `…|${titled('workingTitle')}`],
    ['a good end', endOf(start(), good), `✓|${titled('loggedOutTitle')}`],
    ['a good end, being proved', asking, `✓|${titled('loggedOutTitle')}`],
    ['a good end, proven', proved(asking, 'proven'), `✓|${titled('loggedOutTitle')}`],
    ['a good end, proof unknown', proved(asking, 'unknown'), `✓|${titled('loggedOutTitle')}`],
    [
      'a good end, seen',
      seen(endOf(start(), { kind: 'removed-locally', cookies })),
      `✓|${titled('removedLocallyTitle')}`,
    ],
    [
      'a session that is still alive',
      proved(asking, 'still-alive'),
      `!|${titled('stillAliveTitle')}`,
    ],
    ['a session that is still alive, seen', seen(proved(asking, 'still-alive')), '|name'],
    ['a failure', endOf(start(), bad), `!|${titled('offlineTitle')}`],
    ['a failure, seen', seen(endOf(start(), bad)), '|name'],
    ['no access', endOf(start(), { kind: 'no-access' }), `!|${titled('noAccessTitle')}`],
  ])('shows %s', (_, record, badge) => {
    const { show, badges } = setUp();
    show(record);
    expect(badges).toEqual([badge]);
  });

  it('has a color of its own for work, good and bad', () => {
    const { show, colors } = setUp();
    for (const record of [start(), endOf(start(), good), endOf(start(), bad)]) show(record);
    expect(new Set(colors).size).toBe(3);
  });

  it('shows ! until it is seen', () => {
    const { show, badges, pass } = setUp();
    const failure = endOf(start(), bad);
    show(failure);
    pass(60_000);
    expect(badges).toHaveLength(1);
    show(seen(failure));
    expect(badges.at(-1)).toBe('|name');
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
    const { show, badges, pass } = setUp();
    const asking = endOf(start(), good, true);
    show(asking);
    pass(4_000);
    show(proved(asking, 'proven'));
    expect(badges.at(-1)?.startsWith('✓')).toBe(true);
    pass(2_000);
    expect(badges.at(-1)).toBe('|name');
  });

  it('is not shown by a worker that starts later', () => {
    const { show, badges, pass } = setUp();
    pass(6_000);
    show(done);
    expect(badges).toEqual(['|name']);
  });

  it('does not take away what a later log-out shows', () => {
    const { show, badges, pass } = setUp();
    show(done);
    show(start('shortcut', 'b'));
    pass(6_000);
    expect(badges.at(-1)).toBe(`…|${titled('workingTitle')}`);
  });

  it('does not take away the warning of its own log-out', () => {
    const { show, badges, pass } = setUp();
    const asking = endOf(start(), good, true);
    show(asking);
    show(proved(asking, 'still-alive'));
    pass(6_000);
    expect(badges.at(-1)).toBe(`!|${titled('stillAliveTitle')}`);
  });
});

describe('the popup opens by itself', () => {
  const fromDoor = (trigger: Trigger) => {
    const asking = endOf(start(trigger), good, true);
    return {
      failure: [start(trigger), endOf(start(trigger), bad)],
      warning: [start(trigger), asking, proved(asking, 'still-alive')],
      good: [start(trigger), asking, proved(asking, 'proven')],
    };
  };

  it.each<[Trigger, number]>([
    ['context-menu', 1],
    ['shortcut', 1],
    ['popup', 0],
  ])('for a failure, where it was asked for elsewhere: %s, %i', async (trigger, count) => {
    for (const kind of ['failure', 'warning'] as const) {
      const { show, popups } = setUp();
      for (const record of fromDoor(trigger)[kind]) show(record);
      await settled();
      expect(popups()).toBe(count);
    }
  });

  it.each<[Trigger, boolean, number]>([
    ['shortcut', true, 0],
    ['context-menu', false, 1],
    ['shortcut', false, 1],
    ['popup', false, 0],
  ])('for a good end only out of sight, once: %s, %s, %i', async (trigger, isInSight, count) => {
    const { show, popups } = setUp({ isInSight });
    const { good: records } = fromDoor(trigger);
    for (const record of [...records, ...records.slice(-1)]) show(record);
    await settled();
    expect(popups()).toBe(count);
  });

  it('once for a failure, also out of sight', async () => {
    const { show, popups } = setUp({ isInSight: false });
    const [working = start(), failure = start()] = fromDoor('shortcut').failure;
    for (const record of [working, failure, failure, seen(failure)]) show(record);
    await settled();
    expect(popups()).toBe(1);
  });

  it('not for an end that a starting worker finds', async () => {
    const { show, popups } = setUp({ isInSight: false });
    show(endOf(start(), bad));
    await settled();
    expect(popups()).toBe(0);
  });

  it('not for the end of one log-out after the work of another', async () => {
    const { show, popups } = setUp({ isInSight: false });
    show(start('shortcut', 'b'));
    show(endOf(start('shortcut', 'a'), bad));
    await settled();
    expect(popups()).toBe(0);
  });
});

describe('of several stores', () => {
  const inStore = (storeId: string, record: LogOutRecord) => ({ ...record, storeId });
  const failed = inStore('1', endOf(start(), bad));

  it.each<[string, LogOutRecord[], string]>([
    ['a failure that nobody has seen', [failed, seen(endOf(start(), good))], '!'],
    ['a failure, also when another ends well later', [failed, endOf(start(), good)], '!'],
    ['work under way before a failure', [start(), failed], '…'],
    ['the newest end, when all is seen', [seen(failed), endOf(start(), good)], '✓'],
  ])('the badge shows %s', (_, records, badge) => {
    const { badges, show } = setUp();
    for (const record of records) show(record);
    expect(badges.at(-1)?.split('|')[0]).toBe(badge);
  });
});
