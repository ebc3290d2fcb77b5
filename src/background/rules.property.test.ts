import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Rule, RuleSettings } from '../core/rules.ts';
import { cases } from '../core/testing/fuzz.ts';
import { allOff, createRulesWorld, minute, type OutcomeName, privateId } from './rules-world.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const storeIds = ['firefox-default', 'firefox-container-1', privateId] as const;

/** What happens in a store, to the computer, or to the worker. */
const inStore = fc.record({
  what: fc.constantFrom(
    ...(['open', 'close', 'close', 'close', 'sound on', 'sound off', 'log in', 'log out'] as const),
    'call off' as const,
  ),
  id: fc.constantFrom(...storeIds),
});
const anywhere = fc.record({
  what: fc.constantFrom(
    ...(['idle', 'idle', 'lock', 'active', 'online', 'start', 'alarm lost', 'stop'] as const),
    ...(['rules off', 'rules on'] as const),
  ),
});
const time = fc.record({
  what: fc.constant('pass' as const),
  minutes: fc.constantFrom(0.001, 0.02, 1, 3, 5, 20, 61),
});
const ends = fc.record({
  what: fc.constant('end' as const),
  name: fc.constantFrom<OutcomeName[]>(
    ...(['good', 'good', 'good', 'offline', 'offline', 'blocked', 'rate-limited'] as const),
    'no-token',
  ),
});
const happening = fc.oneof(
  { arbitrary: inStore, weight: 4 },
  { arbitrary: anywhere, weight: 4 },
  { arbitrary: time, weight: 3 },
  { arbitrary: ends, weight: 2 },
);
/** Sometimes the worker is stopped a few steps into dealing with it. */
const happenings = fc.array(
  fc.record({ event: happening, stopAfter: fc.option(fc.nat(12), { freq: 5, nil: undefined }) }),
  { minLength: 3, maxLength: 40 },
);
const allSettings: fc.Arbitrary<RuleSettings> = fc.record({
  logOutAfterLastTab: fc.constantFrom(null, 0, 2, 15),
  logOutWhenIdle: fc.constantFrom(null, 1, 10),
  logOutWhenLocked: fc.boolean(),
  logOutAtStart: fc.boolean(),
});

/** What a person may expect to happen in one store, told apart from how it is done. */
interface Expected {
  /** By which rules a log-out may come, and from when on. */
  readonly reasons: Map<Rule, { readonly from: number; isSure: boolean }>;
  /** The session that is being ended, as often as it takes. */
  fired: string | undefined;
  /** Before this the server wants to hear nothing. */
  notBefore: number;
}

it('no order of events loses a due log-out, does one twice, or does one that was called off', async () => {
  await fc.assert(
    fc.asyncProperty(allSettings, happenings, async (settings, events) => {
      const world = createRulesWorld(storeIds, settings);
      const expected = new Map<string, Expected>(
        storeIds.map((id) => [id, { reasons: new Map(), fired: undefined, notBefore: 0 }]),
      );
      const expectedOf = (id: string) => expected.get(id) as Expected;
      let sessions = 0;

      const isOpen = (id: string) => world.stores.get(id)?.isOpen ?? false;
      const begin = (storeId: string, session: string | undefined, at: number) => {
        const one = expectedOf(storeId);
        const isMeant = [...one.reasons].some(
          ([rule, { from }]) => from <= at && !(rule === 'last-tab' && isOpen(storeId)),
        );
        const faults = [
          !isMeant && one.fired === undefined && 'for no reason',
          // Nobody who has logged in since is logged out for it.
          !isMeant && one.fired !== undefined && session !== one.fired && 'of a later log-in',
          session === undefined && 'of nobody',
          at < one.notBefore && 'too early',
        ];
        for (const fault of faults)
          if (fault) world.faults.push(`a log-out in ${storeId}, ${fault}`);
        if (session !== one.fired) one.notBefore = 0;
        one.fired = session;
        one.reasons.clear();
      };
      world.onRun = ({ storeId, session, at }) => begin(storeId, session, at);
      /** What is stored counts: what has fired has begun, even if the worker was stopped right then. */
      const noteStored = () => {
        for (const [id, { reasons }] of expected) {
          // A tab that was opened again calls it off, as soon as that was seen.
          const isDue = world.stored.due.some(
            ({ storeId, rule }) => storeId === id && rule === 'last-tab',
          );
          if (isOpen(id) && !isDue) reasons.delete('last-tab');
        }
        for (const { id, storeId, fired } of world.stored.due) {
          const session = world.stores.get(storeId)?.session;
          const isAbout = fired?.sessions.includes(`${session} under ${id}`);
          const isBegun = expectedOf(storeId).fired !== undefined;
          if (fired && isAbout && !isBegun && !isOver(storeId, fired.at))
            begin(storeId, session, world.time);
        }
      };
      const isOver = (id: string, since: number) =>
        world.runs.some(
          ({ storeId, at, outcome = '' }) =>
            storeId === id && at >= since && ['good', 'no-token'].includes(outcome),
        );
      const forget = (id: string) => {
        const one = expectedOf(id);
        one.reasons.clear();
        one.fired = undefined;
        one.notBefore = 0;
      };
      const unsure = (reason: { isSure: boolean } | undefined) => {
        if (reason) reason.isSure = false;
      };
      const because = (id: string, rule: Rule, minutes: number | null, isSure: boolean) => {
        const { reasons } = expectedOf(id);
        if (minutes === null || !world.stores.get(id)?.session) return;
        const before = reasons.get(rule);
        const from = Math.min(world.time + minutes * minute, before?.from ?? Infinity);
        reasons.set(rule, { from, isSure: isSure || (before?.isSure ?? false) });
      };
      const becauseEverywhere = (rule: Rule, minutes: number | null, isSure: boolean) => {
        const isKnown = (id: string) => isSure && (rule === 'start' || !givenUp.has(id));
        for (const id of world.stores.keys()) because(id, rule, minutes, isKnown(id));
      };
      /** The stores whose log-out needed a person, as far as a worker may think that nobody was back since. */
      const givenUp = new Set<string>();
      const becauseGone = (isWhole: boolean) => {
        const { presence } = world;
        const { logOutWhenIdle, logOutWhenLocked } = world.settings;
        if (presence === 'locked' && logOutWhenLocked) becauseEverywhere('locked', 0, isWhole);
        else if (presence === 'locked') becauseEverywhere('idle', logOutWhenIdle, isWhole);
        else if (presence === 'idle')
          becauseEverywhere('idle', logOutWhenIdle === null ? null : 0, isWhole);
      };
      const back = (isWhole: boolean) => {
        for (const { reasons } of expected.values()) {
          for (const rule of ['idle', 'locked'] as const) {
            // A worker that was stopped over it may not have heard of it.
            unsure(reasons.get(rule));
            if (isWhole) reasons.delete(rule);
          }
        }
        if (isWhole) givenUp.clear();
        world.presence = 'active';
        world.rules.presenceChanged('active');
      };
      /** @param isWhole whether the worker is left to deal with it. */
      const happen = async (event: (typeof events)[number]['event'], isWhole: boolean) => {
        const set = world.settings;
        if (event.what === 'pass') return world.pass(event.minutes * minute);
        if (event.what === 'end') {
          const { name } = event;
          const before = world.runs.filter(({ outcome }) => outcome === undefined);
          const ended = world.end(name);
          for (const { storeId } of before) {
            if (!world.stores.has(storeId)) continue;
            if (name === 'no-token') givenUp.add(storeId);
            if (name === 'good' && !world.storeOf(storeId).session) forget(storeId);
            else if (name === 'good' || name === 'no-token') {
              // What came meanwhile, the worker may not have looked at yet.
              expectedOf(storeId).fired = undefined;
              expectedOf(storeId).reasons.forEach(unsure);
            } else if (name === 'rate-limited' && expectedOf(storeId).fired !== undefined)
              expectedOf(storeId).notBefore = world.time + 10 * minute;
          }
          return ended;
        }
        if ('id' in event) {
          const { id } = event;
          const store = world.stores.get(id);
          if (!store) return;
          switch (event.what) {
            case 'open':
            case 'log in':
              back(isWhole);
              store.isOpen = true;
              unsure(expectedOf(id).reasons.get('last-tab'));
              if (event.what === 'log in' && store.session === undefined) {
                sessions += 1;
                store.session = `session ${sessions}`;
              }
              break;
            case 'close':
              // Where the worker has not seen it open, or not yet that the rule is off, it may go either way.
              if (store.isOpen && world.stored.open.includes(id))
                because(id, 'last-tab', settings.logOutAfterLastTab, set !== allOff);
              store.isOpen = false;
              break;
            case 'sound on':
            case 'sound off':
              store.isLoud = event.what === 'sound on';
              break;
            case 'log out':
              back(isWhole);
              store.session = undefined;
              forget(id);
              break;
            case 'call off': {
              await world.settled();
              const due = world.stored.due.filter(({ storeId }) => storeId === id);
              await Promise.all([world.rules.callOff(id), world.settled()]);
              const one = expectedOf(id);
              if (due.some(({ fired }) => fired)) {
                one.fired = undefined;
                one.notBefore = 0;
                one.reasons.forEach(unsure);
              }
              // A tab that was closed just now may have been seen already, or not yet.
              unsure(one.reasons.get('last-tab'));
              for (const { rule } of due) one.reasons.delete(rule);
              return;
            }
          }
          world.rules.changed();
          return;
        }
        switch (event.what) {
          case 'idle':
            if (world.presence !== 'active') return;
            world.presence = 'idle';
            becauseGone(isWhole);
            world.rules.presenceChanged('idle');
            return;
          case 'lock':
            if (world.presence === 'locked') return;
            world.presence = 'locked';
            becauseGone(isWhole);
            world.rules.presenceChanged('locked');
            return;
          case 'active':
            return back(isWhole);
          case 'online':
            if (world.isAwake()) world.rules.online();
            return;
          case 'start': {
            await world.settled();
            const open = [...world.stores].filter(([, store]) => store.isOpen);
            forget(privateId);
            for (const [id, one] of expected) {
              one.reasons.delete('idle');
              one.reasons.delete('locked');
              // What no worker has seen of an end is lost with the browser.
              const due = world.stored.due.find(({ storeId, fired }) => storeId === id && fired);
              one.notBefore = due?.fired?.notBefore ?? 0;
              const session = world.stores.get(id)?.session;
              if (due?.fired?.sessions.includes(`${session} under ${due.id}`)) one.fired = session;
            }
            for (const [id] of open) {
              if (world.stored.open.includes(id))
                because(id, 'last-tab', settings.logOutAfterLastTab, set !== allOff);
            }
            world.restart();
            becauseEverywhere('start', set.logOutAtStart ? 0 : null, isWhole);
            return;
          }
          case 'alarm lost':
            world.alarmAt = undefined;
            return;
          case 'stop':
            world.stop();
            return;
          case 'rules off':
            for (const { reasons } of expected.values()) {
              // What no worker has seen may be as if it had not been.
              reasons.forEach(unsure);
              if (isWhole) reasons.clear();
            }
            world.settings = allOff;
            world.rules.settingsChanged();
            return world.settled();
          case 'rules on':
            world.settings = { ...settings };
            becauseGone(isWhole);
            world.rules.settingsChanged();
            return world.settled();
        }
      };

      for (const { event, stopAfter } of events) {
        noteStored();
        const isShort = stopAfter !== undefined && !['call off', 'pass'].includes(event.what);
        const happened = happen(event, !isShort);
        if (isShort) {
          for (let step = 0; step < stopAfter; step += 1) await new Promise(setImmediate);
          world.stop();
        }
        await happened;
        await world.settled();
      }

      // Now nothing stands in the way any more: whatever is due is done.
      for (const store of world.stores.values()) store.isLoud = false;
      for (let round = 0; round < 12; round += 1) {
        world.rules.look();
        await world.pass(61 * minute);
        await world.end('good');
      }
      const lost = [...expected].filter(([id, { reasons, fired }]) => {
        const session = world.stores.get(id)?.session;
        if (session === undefined) return false;
        return session === fired || [...reasons.values()].some(({ isSure }) => isSure);
      });
      expect(world.faults).toEqual([]);
      expect(lost, 'due and never done').toEqual([]);
      expect(world.stored.due).toEqual([]);
    }),
    cases(500),
  );
});
