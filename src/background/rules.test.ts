import { describe, expect, it, vi } from 'vitest';
import type { RuleSettings } from '../core/rules.ts';
import { allOff, createRulesWorld, minute, outcomes, privateId } from './rules-world.ts';

const ordinary = 'firefox-default';
const container = 'firefox-container-1';

/** Without a network, six tries fail. */
async function failOffline(world: ReturnType<typeof createRulesWorld>): Promise<void> {
  world.isOnline = false;
  for (let turn = 0; turn < 5; turn += 1) {
    await world.end('offline');
    while (world.runs.at(-1)?.outcome) await world.pass(minute / 2);
  }
  await world.end('offline');
}

const cannotRead = () => {
  throw new Error('The settings cannot be read.');
};

/** A browser with somebody logged in, whose worker has started. */
async function setUp(
  settings: Partial<RuleSettings> = {},
  storeIds: readonly string[] = [ordinary],
) {
  const world = createRulesWorld(storeIds, settings);
  world.rules.look();
  await world.pass(1_000);
  return {
    world,
    runs: () => world.runs.map(({ storeId }) => storeId),
    async open(...ids: string[]) {
      for (const id of ids) world.storeOf(id).isOpen = true;
      world.rules.changed();
      await world.pass(1_000);
    },
    async close(...ids: string[]) {
      for (const id of ids) world.storeOf(id).isOpen = false;
      world.rules.changed();
      await world.pass(1_000);
    },
    async become(presence: 'active' | 'idle' | 'locked') {
      world.presence = presence;
      world.rules.presenceChanged(presence);
      await world.settled();
    },
  };
}

describe('with all rules off', () => {
  it('nothing happens, nothing is stored, and no alarm is set', async () => {
    const { world, open, close, become, runs } = await setUp();
    await open(ordinary);
    await close(ordinary);
    for (const presence of ['idle', 'locked', 'active'] as const) await become(presence);
    world.restart();
    world.rules.online();
    await world.pass(300 * minute);
    expect(runs()).toEqual([]);
    expect(world.stored).toEqual({ open: [], due: [], done: [], givenUp: [] });
    expect(world.alarmAt).toBeUndefined();
    expect(world.followed).toEqual(allOff);
  });
});

describe('the last tab was closed', () => {
  it('and after the time that is set, the store is logged out, once', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    expect(world.stored).toEqual({ open: [ordinary], due: [], done: [], givenUp: [] });
    await close(ordinary);
    expect(world.alarmAt).toBe(world.stored.due[0]?.at);
    await world.pass(14 * minute);
    expect(runs()).toEqual([]);
    await world.pass(minute);
    expect(runs()).toEqual([ordinary]);
    await world.end('good');
    expect(world.stored.due).toEqual([]);
    expect(world.stored.done).toEqual([
      {
        ...{ id: expect.any(String), storeId: ordinary, rule: 'last-tab', at: world.time },
        ...{ outcome: outcomes.good, revocation: 'proven' },
      },
    ]);
    expect(world.alarmAt).toBeUndefined();
    await world.pass(300 * minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('or at once, a moment after the tab has really gone', async () => {
    const { world, open, runs } = await setUp({ logOutAfterLastTab: 0 });
    await open(ordinary);
    world.rules.changed();
    await world.pass(400);
    // It was still counted until now.
    world.storeOf(ordinary).isOpen = false;
    await world.pass(1_000);
    expect(runs()).toEqual([ordinary]);
  });

  it('and one was opened again in time: nobody is logged out', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    await world.pass(10 * minute);
    await open(ordinary);
    expect(world.stored.due).toEqual([]);
    await world.pass(300 * minute);
    expect(runs()).toEqual([]);
  });

  it('and the browser forgot to say that one was opened again: it is seen in time', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.storeOf(ordinary).isOpen = true;
    await world.pass(300 * minute);
    expect(runs()).toEqual([]);
  });

  it('in a container, and the others stay as they are', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 0 }, [
      ...[ordinary, container, privateId],
    ]);
    await open(ordinary, container, privateId);
    await close(container);
    expect(runs()).toEqual([container]);
    await close(ordinary, privateId);
    await world.end('good');
    expect(runs()).toEqual([container, ordinary, privateId]);
  });

  it('where nobody was logged in, or no tab was seen: nothing is due', async () => {
    const { world, open, close } = await setUp({ logOutAfterLastTab: 15 });
    await close(ordinary);
    expect(world.stored.due).toEqual([]);
    world.storeOf(ordinary).session = undefined;
    await open(ordinary);
    await close(ordinary);
    expect(world.stored.due).toEqual([]);
  });

  it('with the browser: the next start sees that no tab has come back', async () => {
    const { world, open, runs } = await setUp({ logOutAfterLastTab: 2 });
    await open(ordinary);
    world.restart();
    await world.pass(minute);
    expect(runs()).toEqual([]);
    await world.pass(2 * minute);
    expect(runs()).toEqual([ordinary]);
  });
});

describe('nobody uses the computer', () => {
  it('and all stores with somebody in them are logged out at once', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 }, [
      ...[ordinary, container, privateId],
    ]);
    world.storeOf(container).session = undefined;
    await become('idle');
    expect(runs()).toEqual([ordinary, privateId]);
  });

  it('but a video plays: it is looked at each minute, until it has ended', async () => {
    const { world, open, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await open(ordinary);
    world.storeOf(ordinary).isLoud = true;
    await become('idle');
    await world.pass(30 * minute);
    expect(runs()).toEqual([]);
    world.storeOf(ordinary).isLoud = false;
    await world.pass(minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('and somebody is back before the video has ended: nobody is logged out', async () => {
    const { world, open, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await open(ordinary);
    world.storeOf(ordinary).isLoud = true;
    await become('idle');
    await world.pass(3 * minute);
    await become('active');
    world.storeOf(ordinary).isLoud = false;
    await world.pass(300 * minute);
    expect(runs()).toEqual([]);
  });

  it('when the rule is switched on, by a policy say: what has not changed is told by nobody', async () => {
    const { world, become, runs } = await setUp();
    await become('idle');
    world.settings = { ...allOff, logOutWhenIdle: 5 };
    world.rules.settingsChanged();
    await world.settled();
    expect(runs()).toEqual([ordinary]);
  });

  it('says a browser that had forgotten for how long it was asked: it is not believed', async () => {
    const { world, runs } = await setUp({ logOutWhenIdle: 60 });
    world.rules.presenceChanged('idle');
    await world.settled();
    expect(runs()).toEqual([]);
    expect(world.stored.due).toEqual([]);
  });

  it('and has locked it: with the rule for that at once, else when the idle time is over', async () => {
    for (const logOutWhenLocked of [true, false]) {
      const { world, become, runs } = await setUp({ logOutWhenIdle: 5, logOutWhenLocked });
      await become('locked');
      expect(runs()).toEqual(logOutWhenLocked ? [ordinary] : []);
      await world.pass(5 * minute);
      await world.end('good');
      expect(runs()).toEqual([ordinary]);
    }
  });
});

describe('the browser starts', () => {
  it('and all ordinary stores are logged out', async () => {
    const { world, runs } = await setUp({ logOutAtStart: true }, [ordinary, container]);
    expect(runs()).toEqual([]);
    world.restart();
    await world.settled();
    expect(runs()).toEqual([ordinary, container]);
    await world.end('good');
    expect(world.stored.done.map(({ rule }) => rule)).toEqual(['start', 'start']);
  });

  it('not private windows, which were open when the first other one was', async () => {
    const { world, runs } = await setUp({ logOutAtStart: true }, [ordinary, privateId]);
    world.rules.browserStarted();
    await world.settled();
    expect(runs()).toEqual([ordinary]);
  });

  it('after it was closed in an absence: that is over, and the next one counts for itself', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 60 });
    await become('locked');
    await world.pass(minute);
    world.restart();
    await world.pass(50 * minute);
    await become('locked');
    await world.pass(59 * minute);
    expect(runs()).toEqual([]);
    await world.pass(minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('and the policy is late: it is waited for', async () => {
    const { world, runs } = await setUp();
    const late = vi.spyOn(world, 'settings', 'get').mockImplementationOnce(() => {
      throw new Error('The policy cannot be read.');
    });
    world.rules.browserStarted();
    await world.settled();
    late.mockReturnValue({ ...allOff, logOutAtStart: true });
    await world.pass(10_000);
    expect(runs()).toEqual([ordinary]);
  });
});

it.each(['start', 'idle'] as const)(
  'what the browser could not be asked about is looked at again, and what had happened is not lost: %s',
  async (happening) => {
    const { world, runs } = await setUp({ logOutAtStart: true, logOutWhenIdle: 5 });
    world.isDeaf = true;
    const reading = vi.spyOn(world, 'settings', 'get');
    if (happening === 'idle') world.presence = 'idle';
    else reading.mockImplementation(cannotRead);
    if (happening === 'start') world.rules.browserStarted();
    else world.rules.presenceChanged('idle');
    await world.settled();
    expect(runs()).toEqual([]);
    world.isDeaf = false;
    reading.mockRestore();
    await world.pass(minute);
    expect(runs()).toEqual([ordinary]);
  },
);

it('an alarm that comes while nothing can be asked is set again', async () => {
  const { world, become, runs } = await setUp({ logOutWhenIdle: 15 });
  await become('locked');
  world.isDeaf = true;
  await world.pass(15 * minute);
  world.stop();
  world.isDeaf = false;
  expect(runs()).toEqual([]);
  await world.pass(minute);
  expect(runs()).toEqual([ordinary]);
});

describe('a log-out that fails', () => {
  it('is tried again after growing pauses, until it is done', async () => {
    const { world, become } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    for (let turn = 0; turn < 7; turn += 1) {
      await world.end('offline');
      while (world.runs.at(-1)?.outcome) await world.pass(minute / 2);
    }
    await world.end('good');
    const times = world.runs.map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / minute);
    expect(pauses).toEqual([1, 2, 5, 15, 30, 60, 60]);
    expect(world.stored).toMatchObject({ due: [], done: [{ outcome: { kind: 'logged-out' } }] });
  });

  it('is tried within a minute of the network’s return, where no browser tells of it', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await failOffline(world);
    const before = runs().length;
    world.isOnline = true;
    await world.pass(minute);
    expect(runs()).toHaveLength(before + 1);
  });

  it('is tried at once when the network is back, also after somebody is', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('offline');
    await become('active');
    expect(runs()).toHaveLength(1);
    world.rules.online();
    await world.settled();
    expect(runs()).toHaveLength(2);
  });

  it('is made good at the next start of the browser, which has forgotten its alarms', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('offline');
    world.restart();
    await world.settled();
    expect(runs()).toEqual([ordinary, ordinary]);
  });

  it('is not tried before the server wants it, whatever happens', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('rate-limited');
    world.rules.online();
    world.restart();
    await world.pass(9 * minute);
    expect(runs()).toHaveLength(1);
    await world.pass(minute);
    expect(runs()).toHaveLength(2);
  });

  it.each(['before it is due', 'before it fires'])(
    'is tried after the same pauses where nothing can be stored from %s',
    async (since) => {
      const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 5 });
      await open(ordinary);
      world.isFull = since === 'before it is due';
      await close(ordinary);
      world.isFull = true;
      await world.pass(5 * minute);
      for (const count of [1, 1, 2]) {
        expect(runs()).toHaveLength(count);
        await world.end('blocked');
        world.rules.look();
        await world.pass(minute / 2);
      }
      world.isFull = false;
      world.rules.look();
      await world.settled();
      expect(world.stored.due).toMatchObject([{ fired: { tries: 2 } }]);
    },
  );

  it('in a way that needs a person is told, and not tried again', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('no-token');
    expect(world.stored).toMatchObject({ due: [], done: [{ outcome: { kind: 'no-csrf-token' } }] });
    await world.pass(300 * minute);
    world.restart();
    await world.pass(minute);
    expect(runs()).toHaveLength(1);
  });

  it('in a way that needs a person is not begun anew by a browser that tells of the same absence again', async () => {
    const { world, runs, become } = await setUp({ logOutWhenIdle: 5, logOutAfterLastTab: 1 });
    await become('idle');
    await world.end('no-token');
    for (let start = 0; start < 5; start += 1) {
      world.stop();
      await become('idle');
      await world.pass(10 * minute);
    }
    expect(runs()).toEqual([ordinary]);
    expect(world.stored.done).toHaveLength(1);
    // The next absence counts for itself, also where the end of this one was missed.
    world.stop();
    world.presence = 'active';
    world.rules.changed();
    await world.pass(minute);
    await become('idle');
    expect(runs()).toEqual([ordinary, ordinary]);
  });

  it('is over when who it was about has gone, and ends no later log-in', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('offline');
    world.storeOf(ordinary).session = 'another';
    await world.pass(300 * minute);
    expect(runs()).toHaveLength(1);
    expect(world.stored.due).toEqual([]);
  });

  it('cannot be seen without access, is tried, and then told', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    world.hasAccess = false;
    await become('idle');
    expect(runs()).toEqual([ordinary]);
    await world.end('no-access');
    expect(world.stored).toMatchObject({ due: [], done: [{ outcome: { kind: 'no-access' } }] });
  });
});

describe('a later log-in beside those that a failed log-out is about', () => {
  const settings = { logOutAfterLastTab: 2, logOutWhenIdle: 5, logOutAtStart: true };
  type World = Awaited<ReturnType<typeof setUp>>;
  const reasons: [string, (parts: World) => Promise<void>][] = [
    ['nobody uses the computer', ({ become }) => become('idle')],
    ['the last tab is closed', ({ close }) => close(ordinary)],
    ['the browser starts', async ({ world }) => world.restart()],
  ];
  const failBefore = async () => {
    const parts = await setUp(settings);
    const { world, become, open } = parts;
    world.storeOf(ordinary).session = 'A';
    await open(ordinary);
    await become('idle');
    await world.end('rate-limited');
    await become('active');
    world.storeOf(ordinary).session = 'A+B';
    world.rules.changed();
    await world.pass(2_000);
    return parts;
  };

  it('is kept when that is made good', async () => {
    const { world } = await failBefore();
    await world.pass(10 * minute);
    await world.end('good');
    expect(world.storeOf(ordinary).session).toBe('B');
  });

  it.each(reasons)(
    'is ended for a reason of its own, not before the server wants it: %s',
    async (_, happens) => {
      const parts = await failBefore();
      const { world } = parts;
      await happens(parts);
      await world.pass(9 * minute);
      expect(world.runs).toHaveLength(1);
      for (let turn = 0; turn < 3; turn += 1) {
        await world.pass(5 * minute);
        await world.end('good');
      }
      expect(world.storeOf(ordinary).session).toBeUndefined();
    },
  );

  it('where there is none, the same reason makes nothing be tried sooner', async () => {
    const { world, become, runs } = await setUp(settings);
    await become('idle');
    await world.end('blocked');
    for (let start = 0; start < 5; start += 1) {
      world.stop();
      await become('idle');
    }
    expect(runs()).toEqual([ordinary]);
  });
});

describe('a worker that was stopped', () => {
  it('looks at what is due whatever has woken it, though its alarm is lost', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.stop();
    world.alarmAt = undefined;
    world.time += 20 * minute;
    // Its start alone.
    expect(world.rules).toBeDefined();
    await world.pass(1_000);
    expect(runs()).toEqual([ordinary]);
  });

  it('after it had fired, and before it had begun, begins', async () => {
    // At each of its steps.
    for (let steps = 0; steps < 20; steps += 1) {
      const { world, open, runs } = await setUp({ logOutAfterLastTab: 0 });
      await open(ordinary);
      world.storeOf(ordinary).isOpen = false;
      world.rules.look();
      for (let step = 0; step < steps; step += 1) await new Promise(setImmediate);
      world.stop();
      await world.settled();
      world.rules.look();
      await world.pass(2 * minute);
      expect(runs()).toEqual([ordinary]);
    }
  });

  it('in the middle of a log-out does not begin it twice, and tells its end', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    world.stop();
    await world.pass(3 * minute);
    expect(runs()).toHaveLength(1);
    await world.end('good');
    world.stop();
    world.rules.look();
    await world.settled();
    expect(world.stored).toMatchObject({ due: [], done: [{ outcome: { kind: 'logged-out' } }] });
    expect(runs()).toHaveLength(1);
  });
});

describe('a person', () => {
  it('calls off what is due, before and after it has fired, and it does not come back', async () => {
    const { world, open, close, become, runs } = await setUp({
      ...{ logOutAfterLastTab: 15, logOutWhenIdle: 5 },
    });
    await open(ordinary);
    await close(ordinary);
    await Promise.all([world.rules.callOff(ordinary), world.settled()]);
    expect(world.stored.due).toEqual([]);
    await world.pass(60 * minute);
    expect(runs()).toEqual([]);
    await become('idle');
    await world.end('offline');
    await Promise.all([world.rules.callOff(ordinary), world.settled()]);
    world.rules.online();
    world.restart();
    await world.pass(300 * minute);
    expect(runs()).toHaveLength(1);
    expect(world.alarmAt).toBeUndefined();
  });

  it('switches the rule off, and what has not fired is not due any more', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.settings = allOff;
    world.rules.settingsChanged();
    await world.pass(300 * minute);
    expect(runs()).toEqual([]);
    expect(world.stored).toEqual({ open: [], due: [], done: [], givenUp: [] });
    expect(world.followed).toEqual(allOff);
  });

  it('calls it off in the moment in which it would begin, and nothing begins', async () => {
    const { world, runs } = await setUp({ logOutWhenIdle: 5 });
    world.presence = 'idle';
    world.rules.presenceChanged('idle');
    await Promise.all([world.rules.callOff(ordinary), world.settled()]);
    expect(runs()).toEqual([]);
    expect(world.stored.due).toEqual([]);
  });

  it.each(['before it has fired', 'after it has failed'])(
    'logs out by hand %s, and it is not due any more',
    async (when) => {
      const { world, open, close, become } = await setUp({
        ...{ logOutAfterLastTab: 15, logOutWhenIdle: 5 },
      });
      await open(ordinary);
      await close(ordinary);
      if (when === 'after it has failed') {
        await become('idle');
        await world.end('offline');
      }
      expect(world.stored.due).toHaveLength(1);
      world.logOutByHand(ordinary);
      // Long before anything is due.
      await world.pass(2_000);
      expect(world.stored).toMatchObject({ due: [], done: [] });
    },
  );

  it('takes the access away, and no tab is taken for closed', async () => {
    const { world, open, runs } = await setUp({ logOutAfterLastTab: 0 });
    await open(ordinary);
    world.hasAccess = false;
    world.rules.changed();
    await world.pass(5 * minute);
    expect(world.stored).toEqual({ open: [ordinary], due: [], done: [], givenUp: [] });
    expect(runs()).toEqual([]);
    world.hasAccess = true;
    world.storeOf(ordinary).isOpen = false;
    world.rules.changed();
    await world.pass(1_000);
    expect(runs()).toEqual([ordinary]);
  });

  it('is told once what was done, and the store is not written for nothing', async () => {
    const { world, become } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('good');
    expect(world.stored.done).toHaveLength(1);
    await Promise.all([world.rules.markTold(ordinary), world.settled()]);
    expect(world.stored.done).toEqual([]);
    const { writes } = world;
    world.rules.look();
    await world.settled();
    expect(world.writes).toBe(writes);
  });

  it('closes the last private window, and nothing is remembered of it', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 }, [ordinary, privateId]);
    await become('idle');
    await world.end('offline');
    world.stores.delete(privateId);
    world.rules.changed();
    await world.pass(1_000);
    expect(world.stored.due.map(({ storeId }) => storeId)).toEqual([ordinary]);
    await world.pass(5 * minute);
    expect(runs().filter((storeId) => storeId === privateId)).toHaveLength(1);
  });

  it('logs out by hand meanwhile, and the rule has nothing left to do or to tell', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.storeOf(ordinary).session = undefined;
    await world.pass(60 * minute);
    expect(runs()).toEqual([]);
    expect(world.stored).toEqual({ open: [], due: [], done: [], givenUp: [] });
  });
});

it('nothing that is stored names a session but by its fingerprint', async () => {
  const { world, become } = await setUp({ logOutWhenIdle: 5 });
  await become('idle');
  const [due] = world.stored.due;
  expect(due?.fired?.sessions).toEqual([`of ${ordinary} under ${due?.id}`]);
});

describe('nothing is lost, and nobody is logged out for nothing', () => {
  it('the network is back, and a worker that was stopped meanwhile tries at once', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await failOffline(world);
    expect(runs()).toHaveLength(6);
    // As browsers do to a worker that does nothing for half a minute.
    world.stop();
    world.isOnline = true;
    await world.pass(2 * minute);
    expect(runs()).toHaveLength(7);
  });

  it('what has happened while settings could not be read for half a minute', async () => {
    const { world, runs } = await setUp({});
    const reading = vi.spyOn(world, 'settings', 'get').mockImplementation(cannotRead);
    world.rules.browserStarted();
    await world.pass(30_000);
    reading.mockReturnValue({ ...allOff, logOutAtStart: true });
    await world.pass(15_000);
    world.stop();
    await world.pass(2 * minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('what the person has set, where it cannot be read for a moment beside a policy', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.isOwnLost = true;
    world.rules.look();
    await world.pass(5_000);
    world.isOwnLost = false;
    await world.pass(15 * minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('what a policy has set, where the person’s own can never be read; nor does that wake a worker', async () => {
    const { world, open, close, become, runs } = await setUp();
    world.isOwnLost = true;
    world.policy = { ...allOff, logOutWhenIdle: 5, logOutAfterLastTab: 15 };
    await open(ordinary);
    await world.pass(minute);
    expect(world.stored.open).toEqual([ordinary]);
    expect(world.alarmAt).toBeUndefined();
    await become('idle');
    expect(runs()).toEqual([ordinary]);
    await world.end('blocked');
    await close(ordinary);
    await world.rules.callOff(ordinary);
    expect(world.stored.due).toEqual([]);
  });

  it('a page of the site that is on its way when the last tab is closed', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 0 });
    await open(ordinary);
    world.isLoading = true;
    await close(ordinary);
    await open(ordinary);
    world.isLoading = false;
    await world.pass(10 * minute);
    expect(runs()).toEqual([]);
    // One that never comes delays it by a minute.
    world.isLoading = true;
    await close(ordinary);
    await world.pass(minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('the other rules, where no browser says that somebody is back', async () => {
    const { world, open, close, become, runs } = await setUp(
      { logOutAfterLastTab: 1, logOutWhenIdle: 5 },
      [ordinary, container],
    );
    world.storeOf(container).session = undefined;
    await become('idle');
    await world.end('no-token');
    world.isDeaf = true;
    world.storeOf(container).session = 'new';
    await open(container);
    await close(container);
    await world.pass(minute);
    expect(runs()).toEqual([ordinary, container]);
  });

  it('who calls it off after a turn has failed stays logged in', async () => {
    const settings = { logOutAfterLastTab: 15, logOutAtStart: true };
    const { world, open, close, runs } = await setUp(settings);
    await open(ordinary);
    await close(ordinary);
    expect(world.stored.due).toHaveLength(1);
    const reading = vi.spyOn(world, 'settings', 'get').mockImplementation(cannotRead);
    world.rules.browserStarted();
    await world.pass(11_000);
    reading.mockReturnValue({ ...allOff, ...settings });
    await Promise.all([world.rules.callOff(ordinary), world.pass(minute)]);
    expect(runs()).toEqual([]);
  });

  it('who calls it off is told when that cannot be done', async () => {
    const { world } = await setUp({});
    vi.spyOn(world, 'settings', 'get').mockImplementation(cannotRead);
    const calledOff = expect(world.rules.callOff(ordinary)).rejects.toThrow('cannot be read');
    await world.pass(2 * minute);
    await calledOff;
  });

  it('a clock that is put back delays nothing for longer than was set', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 15 });
    await open(ordinary);
    await close(ordinary);
    world.time -= 24 * 60 * minute;
    world.rules.look();
    await world.pass(15 * minute);
    expect(runs()).toEqual([ordinary]);
  });

  it('who could not be seen when it fired is seen at the next look', async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    world.hasAccess = false;
    await become('idle');
    expect(runs()).toEqual([ordinary]);
    world.hasAccess = true;
    await world.end('offline');
    await world.pass(5 * minute);
    expect(runs()).toEqual([ordinary, ordinary]);
  });

  it('a start, to a log-out that was due of somebody who has gone', async () => {
    const { world, become } = await setUp({ logOutWhenIdle: 5, logOutAtStart: true });
    await become('idle');
    await world.end('blocked');
    world.stop();
    // A jar may be older on disk than what the rules have stored.
    world.storeOf(ordinary).session = 'another';
    world.restart();
    await world.settled();
    expect(world.runs.map(({ session }) => session)).toContain('another');
  });

  it('nor a lock, after settings could not be read', async () => {
    const { world, become } = await setUp({ logOutWhenIdle: 5, logOutWhenLocked: true });
    await become('idle');
    await world.end('blocked');
    await become('active');
    const reading = vi.spyOn(world, 'settings', 'get').mockImplementation(cannotRead);
    world.storeOf(ordinary).session = 'another';
    world.rules.changed();
    await world.pass(2_000);
    await become('locked');
    reading.mockRestore();
    await world.pass(minute);
    expect(world.runs.map(({ session }) => session)).toContain('another');
  });

  it('who calls it off, and it cannot be stored, is told so', async () => {
    const { world, become } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    await world.end('blocked');
    world.isFull = true;
    await expect(world.rules.callOff(ordinary)).rejects.toThrow('could not be stored');
  });

  it('tabs that come back a moment after the start are waited for', async () => {
    const { world, open, runs } = await setUp({ logOutAfterLastTab: 0 });
    await open(ordinary);
    world.restart();
    await world.settled();
    await open(ordinary);
    await world.pass(2 * minute);
    expect(runs()).toEqual([]);
  });

  it('a tab is the last, whether or not the browser says who uses the computer', async () => {
    const { world, open, close, runs } = await setUp({ logOutAfterLastTab: 0 });
    await open(ordinary);
    world.isDeaf = true;
    await close(ordinary);
    expect(runs()).toEqual([ordinary]);
  });
});

describe('a clock that is put back', () => {
  /** A computer that was eight hours ahead, and then has the right time. */
  const setUpAhead = async () => {
    const { world, become, runs } = await setUp({ logOutWhenIdle: 5 });
    await become('idle');
    const correct = () => {
      world.time -= 8 * 60 * minute;
    };
    return { world, runs, correct };
  };

  it.each(['no-token', 'good'] as const)('an end counts, and is told: %s', async (end) => {
    const { world, runs, correct } = await setUpAhead();
    correct();
    world.restart();
    await world.settled();
    expect(runs()).toHaveLength(2);
    await world.end(end);
    await world.pass(120 * minute);
    expect(world.stored).toMatchObject({ due: [], done: [{ rule: 'idle' }] });
    expect(runs()).toHaveLength(2);
  });

  it('the pause that the server wants is kept', async () => {
    const { world, runs, correct } = await setUpAhead();
    correct();
    world.restart();
    await world.settled();
    await world.end('rate-limited');
    await world.pass(9 * minute);
    expect(runs()).toHaveLength(2);
  });

  it('when the network is back, it is tried at once', async () => {
    const { world, runs, correct } = await setUpAhead();
    await world.end('offline');
    correct();
    world.rules.online();
    await world.settled();
    expect(runs()).toHaveLength(2);
  });

  it('no try waits for longer than the longest pause', async () => {
    const { world, runs, correct } = await setUpAhead();
    await world.end('blocked');
    correct();
    world.rules.look();
    await world.pass(60 * minute);
    expect(runs()).toHaveLength(2);
  });
});

it('settings that can never be read keep no worker awake that has nothing to do', async () => {
  const { world } = await setUp();
  const reading = vi.spyOn(world, 'settings', 'get').mockImplementation(cannotRead);
  world.rules.look();
  await world.pass(60 * minute);
  expect(reading.mock.calls.length).toBeLessThan(20);
  expect(world.alarmAt).toBeUndefined();
});
