import { describe, expect, it } from 'vitest';
import { followUps } from '../../src/core/follow-ups.ts';
import { modes, type Step } from '../../src/core/order.ts';
import {
  fates,
  outcomeSchema,
  reaches,
  remainReasons,
  revocations,
  unexpectedReasons,
} from '../../src/core/outcome.ts';
import type { CookieStore } from '../../src/core/store.ts';
import { othersOf, type View, viewOf } from '../../src/popup/view.ts';
import { followUpTexts } from '../../src/text/labels.ts';
import { states } from './states.ts';

const facts = Object.values(states).flatMap((state) => ('facts' in state ? [state.facts] : []));
const views = facts.flatMap((one) => [viewOf(one), ...othersOf(one).map(({ view }) => view)]);
const ends = views.flatMap((view) => ('outcome' in view ? view : []));
const outcomes = ends.map(({ outcome }) => outcome);
const works = views.flatMap((view) => (view.name === 'working' ? view.record : []));

const viewNames: Record<View['name'], true> = {
  loading: true,
  'no-access': true,
  'logged-out': true,
  'logged-in': true,
  working: true,
  finished: true,
  failed: true,
};
const storeKinds: Record<CookieStore['kind'], true> = {
  default: true,
  incognito: true,
  private: true,
  container: true,
};
// The proof is asked for after the end.
const stepsUnderWay: Record<Exclude<Step, 'prove'>, true> = { revoke: true, clear: true };

describe('a state shows each', () => {
  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['view', Object.keys(viewNames), views.map(({ name }) => name)],
    [
      'kind of outcome',
      outcomeSchema.options.map(({ entries }) => entries.kind.literal),
      outcomes.map(({ kind }) => kind),
    ],
    [
      'unexpected reason',
      unexpectedReasons,
      outcomes.map((outcome) => outcome.kind === 'unexpected-reply' && outcome.reason),
    ],
    [
      'reason for cookies to remain',
      remainReasons,
      outcomes.map((outcome) => outcome.kind === 'cookies-remain' && outcome.reason),
    ],
    [
      'point at which access went',
      // Where nothing was sent, there is just no access.
      reaches.filter((reached) => reached !== 'nothing-sent'),
      outcomes.map((outcome) => outcome.kind === 'no-access' && outcome.reached),
    ],
    [
      'fate of a cookie',
      fates,
      outcomes.flatMap((outcome) =>
        'cookies' in outcome ? Object.values(outcome.cookies ?? {}) : [],
      ),
    ],
    ['revocation', ['asking', ...revocations], ends.map(({ revocation }) => revocation)],
    [
      'step under way',
      Object.keys(stepsUnderWay),
      works.map(({ state }) => state.phase === 'working' && state.progress.step),
    ],
    ['mode', modes, works.map(({ mode }) => mode)],
    ['kind of store', Object.keys(storeKinds), facts.flatMap((one) => one?.own.store.kind ?? [])],
  ])('%s', (_, wanted, shown) => {
    expect(shown).toEqual(expect.arrayContaining([...wanted]));
  });

  it.each(followUps)('end of %s that has words of its own', (task) => {
    const texts = followUpTexts[task];
    const shown = ends.flatMap(({ followUps: results }) => {
      const result = results?.[task];
      return result ? texts[result] : [];
    });
    expect(shown).toEqual(expect.arrayContaining(Object.values(texts)));
  });
});
