import { describe, expect, it } from 'vitest';
import { fatesOf } from '../core/outcome.ts';
import { begun, withOutcome } from '../core/record.ts';
import { cookie } from '../core/testing/cookies.ts';
import { createIcon } from './icon.ts';

interface Button {
  readonly storeId: string;
  readonly tabId?: number;
  readonly windowId?: number;
}

/** Jars and buttons that a test changes, and a toolbar that writes down what is drawn. */
function setUp(...buttons: Button[]) {
  const jars = new Map<string, string[]>();
  const drawn: string[] = [];
  const world = { buttons, isGranted: true, isBroken: false };
  const icon = createIcon({
    toolbar: {
      buttons: async () => world.buttons,
      async setIcon({ tabId, windowId }, isInColor) {
        drawn.push(`${tabId ?? windowId ?? 'all'} ${isInColor ? 'color' : 'grey'}`);
        if (world.isBroken) throw new Error('There is no such tab.');
      },
    },
    access: { isGranted: async () => world.isGranted },
    jarOf: (storeId) => ({
      async list() {
        const ids = jars.get(storeId);
        if (!ids) throw new Error('There is no such store.');
        return ids.map((id) => cookie('SESSDATA', id));
      },
    }),
    fingerprint: async (salt, value) => `${salt} ${value}`,
  });
  return {
    ...icon,
    world,
    jars,
    /** What was drawn since it was last asked. */
    async drawn() {
      await settled();
      return drawn.splice(0);
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A record of a store whose jar holds ids that are dead. */
function ended(dead: readonly string[], id = 'a', storeId = '0') {
  const start = { id, storeId, trigger: 'popup', mode: 'server', startedAt: 0 } as const;
  const working = begun({ ...start, sessions: [], found: [] });
  const outcome = { kind: 'already-logged-out', cookies: fatesOf([], [], []) } as const;
  const end = { outcome, endedAt: 0, isProving: false, tasks: [], kept: [] };
  return {
    working,
    over: withOutcome(working, { ...end, dead: dead.map((value) => `${id} ${value}`) }),
  };
}

const all = { storeId: '0' };

describe('the icon', () => {
  it.each<[string, string[] | undefined, boolean, string]>([
    ['in color for a session', ['s'], true, 'color'],
    ['grey for an empty jar', [], true, 'grey'],
    ['grey for an empty session id', [''], true, 'grey'],
    ['grey without access to the site', ['s'], false, 'grey'],
    ['grey for a store that is gone', undefined, true, 'grey'],
  ])('is %s', async (_, ids, isGranted, color) => {
    const { renew, jars, world, drawn } = setUp(all);
    if (ids) jars.set('0', ids);
    world.isGranted = isGranted;
    renew();
    expect(await drawn()).toEqual([`all ${color}`]);
  });

  it('waits until the records are known: they may list dead ids', async () => {
    const { update, show, renew, jars, drawn } = setUp(all);
    jars.set('0', ['s']);
    update();
    show(ended(['s']).over);
    expect(await drawn()).toEqual([]);
    renew();
    expect(await drawn()).toEqual(['all grey']);
  });

  it('is drawn only when it changes', async () => {
    const { renew, update, jars, drawn } = setUp(all);
    jars.set('0', ['s']);
    renew();
    update();
    update();
    expect(await drawn()).toEqual(['all color']);
    jars.set('0', ['s', 't']);
    update();
    expect(await drawn()).toEqual([]);
    jars.set('0', []);
    update();
    expect(await drawn()).toEqual(['all grey']);
    renew();
    expect(await drawn(), 'whatever was drawn').toEqual(['all grey']);
  });

  it('sees what changes while it looks', async () => {
    const { renew, update, jars, drawn } = setUp(all);
    jars.set('0', ['s']);
    renew();
    await Promise.resolve();
    jars.set('0', []);
    update();
    expect((await drawn()).at(-1)).toBe('all grey');
  });

  it('is grey for an id that a log-out has found dead, until its record is forgotten', async () => {
    const { renew, show, forget, jars, drawn } = setUp(all);
    jars.set('0', ['s']);
    renew();
    expect(await drawn()).toEqual(['all color']);
    show(ended(['s']).over);
    expect(await drawn()).toEqual(['all grey']);
    show(ended([], 'b').working);
    expect(await drawn(), 'dead also while the next log-out is at work').toEqual([]);
    show(ended(['s'], 'b').over);
    expect(await drawn()).toEqual([]);
    forget('0');
    expect(await drawn()).toEqual(['all color']);
  });

  it('is in color for a living session beside a dead one', async () => {
    const { renew, show, jars, drawn } = setUp(all);
    jars.set('0', ['s', 't']);
    show(ended(['s']).over);
    renew();
    expect(await drawn()).toEqual(['all color']);
  });
});

describe('of several buttons', () => {
  it('each tells of its own store', async () => {
    const { renew, update, world, jars, drawn } = setUp(
      all,
      { storeId: '0', windowId: 1 },
      { storeId: 'c', windowId: 2 },
    );
    jars.set('0', []);
    jars.set('c', ['s']);
    renew();
    expect(await drawn()).toEqual(['all grey', '1 grey', '2 color']);
    // A tab of the other store comes to the front.
    world.buttons = [all, { storeId: 'c', windowId: 1 }, { storeId: 'c', windowId: 2 }];
    update();
    expect(await drawn()).toEqual(['1 color']);
  });

  it('one whose tab was cleared is drawn again, and no other', async () => {
    const { renew, tabCleared, jars, drawn } = setUp(
      { storeId: '1', tabId: 7 },
      { storeId: '1', tabId: 8 },
    );
    jars.set('1', ['s']);
    renew();
    expect(await drawn()).toEqual(['7 color', '8 color']);
    tabCleared(8);
    expect(await drawn()).toEqual(['8 color']);
  });

  it('one that cannot be drawn is tried again, and one that comes back is drawn', async () => {
    const { renew, update, world, jars, drawn } = setUp({ storeId: '1', tabId: 7 });
    jars.set('1', []);
    world.isBroken = true;
    renew();
    expect(await drawn()).toEqual(['7 grey']);
    world.isBroken = false;
    update();
    expect(await drawn()).toEqual(['7 grey']);
    world.buttons = [];
    update();
    await settled();
    world.buttons = [{ storeId: '1', tabId: 7 }];
    update();
    expect(await drawn()).toEqual(['7 grey']);
  });
});
