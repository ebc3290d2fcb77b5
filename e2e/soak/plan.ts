import { createRandom, type Random } from './random.ts';
import { type ExitReply, exitReplies, type NavReply, navReplies } from './replies.ts';

/** Everything that is thrown into one round: it follows from the seed and the round alone. */
export interface Plan {
  readonly sessions: readonly PlannedSession[];
  readonly strays: readonly Stray[];
  /** How many popups are open when the log-out begins. */
  readonly popups: 0 | 1 | 2;
  readonly entry: Entry;
  /** What the next requests are answered with; after these, honestly. */
  readonly exit: readonly ExitReply[];
  readonly nav: readonly NavReply[];
  readonly meanwhile: readonly Happening[];
}

/** Where a session's cookies lie. `site` is where a log-in puts them; no request brings `partition`. */
export const places = {
  site: { host: 'www.bilibili.com', domain: '.bilibili.com', path: '/' },
  www: { host: 'www.bilibili.com', path: '/' },
  passport: { host: 'passport.bilibili.com', path: '/' },
  live: { host: 'live.bilibili.com', path: '/' },
  '/login': { host: 'www.bilibili.com', domain: '.bilibili.com', path: '/login' },
  '/login/exit': { host: 'passport.bilibili.com', path: '/login/exit' },
  '/video': { host: 'www.bilibili.com', domain: '.bilibili.com', path: '/video' },
  partition: {
    host: 'www.bilibili.com',
    domain: '.bilibili.com',
    path: '/',
    topLevelSite: 'https://example.com',
  },
} as const satisfies Record<string, Shape>;
export type Place = keyof typeof places;

export interface Shape {
  readonly host: string;
  /** Without one the cookie is for its host alone. */
  readonly domain?: string;
  readonly path: string;
  /** With one the cookie is partitioned. */
  readonly topLevelSite?: string;
}

export interface PlannedSession {
  readonly place: Place;
  /** A dead one was ended by the server before. */
  readonly alive: boolean;
  /** Whose: two sessions may be of one account. */
  readonly account: 'Ann' | 'Bob';
  /** A cookie of its four that is not there. */
  readonly lacks?: 'bili_jct' | 'DedeUserID' | 'DedeUserID__ckMd5';
}

/** Cookies of an account that belong to no session. */
export const strays = {
  'empty SESSDATA on www': { ...places.www, cookies: { SESSDATA: '' } },
  'dead SESSDATA on /login': { ...places['/login'], cookies: { SESSDATA: 'unheard-of' } },
  'bili_jct on /login': { ...places['/login'], cookies: { bili_jct: 'of-another-time' } },
  'bili_jct on www': { ...places.www, cookies: { bili_jct: 'left-over-here' } },
  'DedeUserID on passport': { ...places.passport, cookies: { DedeUserID: '100' } },
  companions: {
    ...places.site,
    cookies: { SESSDATA__ckMd5: 'companion-one', bili_jct__ckMd5: 'companion-two' },
  },
  'bili_jct of a partition': { ...places.partition, cookies: { bili_jct: 'partition-token' } },
  // No extension can remove it, and no server ever gets it.
  unremovable: { ...places.site, path: '/a?b', cookies: { SESSDATA: 'cannot-be-removed' } },
} as const satisfies Record<string, Shape & { cookies: Record<string, string> }>;
export type Stray = keyof typeof strays;

export const entries = [
  'popup',
  'two popups at once',
  'message',
  'everywhere',
  'shortcut',
  'context-menu',
  'rule',
  'only this browser',
] as const;
export type Entry = (typeof entries)[number];

/** Something that comes in between. */
export interface Happening {
  readonly at: Moment;
  readonly what: Act;
}

/**
 * `exit`, `nav`: the first request after the press has arrived, and is held until this is done.
 * `writes`: the record has been written so many times. `ended`: the extension is at rest.
 */
export type Moment = 'exit' | 'nav' | 'ended' | { readonly writes: number };

export type Act =
  | 'the worker stops'
  | 'another log-in'
  | 'a log-in of somebody else'
  | 'a log-in of somebody else, whose cookies go again'
  | 'cookies cleared by hand'
  | 'the server ends the session'
  | 'the popup closes'
  | 'a popup opens'
  | 'press again'
  | 'shortcut'
  | 'rule'
  | 'only this browser';

/** The plan of one round. */
export function planOf(seed: number, round: number): Plan {
  const random = createRandom(seed, round);
  const sessions = planSessions(random);
  const popups = random.pick([0, 1, 1, 1, 2] as const);
  const exit = planReplies(random, exitWeights);
  const isLie = exit.some((name) => name.startsWith('yes, nothing'));
  return {
    sessions,
    strays: random.percent(35) ? planStrays(random, sessions) : [],
    popups,
    entry: planEntry(random, popups),
    exit,
    nav: isLie ? planNavAfterLie(random) : planReplies(random, navWeights),
    meanwhile: random.percent(50) ? planMeanwhile(random) : [],
  };
}

function planSessions(random: Random): PlannedSession[] {
  const planned: PlannedSession[] = [];
  const add = (place: Place, account: PlannedSession['account']) => {
    const lacks = random.percent(12)
      ? random.pick(['bili_jct', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5'] as const)
      : undefined;
    planned.push({ place, account, alive: random.percent(80), ...(lacks && { lacks }) });
  };
  if (random.percent(92)) add('site', 'Ann');
  const others = Object.keys(places).filter((place) => place !== 'site') as Place[];
  for (let more = random.pick([0, 0, 0, 1, 1, 2]); more > 0; more -= 1) {
    const place = random.pick(others);
    // A second one in the same place would only take the first one's cookies away.
    if (!planned.some((other) => other.place === place)) {
      add(place, random.percent(30) ? 'Ann' : 'Bob');
    }
  }
  return planned;
}

function planStrays(random: Random, sessions: readonly PlannedSession[]): Stray[] {
  const isFree = (stray: Stray) => !sessions.some(({ place }) => places[place] === shapeOf(stray));
  const chosen = [random.pick(common), random.pick(common)].filter(isFree);
  return [...new Set(random.percent(8) ? [...chosen, 'unremovable' as const] : chosen)];
}

const common = (Object.keys(strays) as Stray[]).filter((name) => name !== 'unremovable');

/** The place whose own cookies a stray of the same names would overwrite. */
function shapeOf(stray: Stray): Shape | undefined {
  if (stray === 'companions') return undefined;
  const { host, path, ...rest } = strays[stray];
  return Object.values(places).find(
    (place: Shape) =>
      place.host === host &&
      place.path === path &&
      place.domain === ('domain' in rest ? rest.domain : undefined) &&
      place.topLevelSite === ('topLevelSite' in rest ? rest.topLevelSite : undefined),
  );
}

function planEntry(random: Random, popups: number): Entry {
  return random.weighed({
    popup: popups > 0 ? 10 : 0,
    'two popups at once': popups > 1 ? 10 : 0,
    message: 2,
    everywhere: 3,
    shortcut: popups > 0 ? 2 : 6,
    'context-menu': popups > 0 ? 1 : 4,
    rule: popups > 0 ? 1 : 3,
    'only this browser': 1.5,
  });
}

// A timeout takes 15 s, and a second question after an "alive" 3 s: these are rare.
const slow = 0.02;
const exitWeights: Record<ExitReply, number> = {
  ...equalWeights(exitReplies),
  honest: 10,
  hang: slow,
  'hang after the revocation': slow,
};
const navWeights: Record<NavReply, number> = {
  ...equalWeights(navReplies),
  honest: 10,
  hang: slow,
  'alive, whoever asks': 0.2,
};

function equalWeights<K extends string>(names: Readonly<Record<K, unknown>>): Record<K, number> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, 1])) as Record<K, number>;
}

function planReplies<K extends string>(random: Random, weights: Record<K, number>): K[] {
  const count = random.pick([0, 1, 1, 2, 3]);
  return Array.from({ length: count }, () => random.weighed(weights));
}

/** After a yes that revoked nothing, an honest nav would take its 3 s: mostly it says nothing. */
function planNavAfterLie(random: Random): NavReply[] {
  if (random.percent(6)) return [];
  return Array.from({ length: 6 }, () => random.weighed({ ...navWeights, honest: 0 }));
}

function planMeanwhile(random: Random): Happening[] {
  const count = random.pick([1, 1, 2]);
  return Array.from({ length: count }, () => {
    const at: Moment = random.pick([
      'exit',
      'exit',
      'nav',
      'nav',
      'ended',
      { writes: 1 + random.below(7) },
    ] as const);
    const what = random.weighed<Act>({
      'the worker stops': 6,
      'another log-in': 2,
      'a log-in of somebody else': 3,
      'a log-in of somebody else, whose cookies go again': at === 'ended' ? 6 : 1,
      'cookies cleared by hand': 1,
      'the server ends the session': 1,
      'the popup closes': 2,
      'a popup opens': 2,
      'press again': 2,
      shortcut: 1,
      rule: 1,
      'only this browser': 0.7,
    });
    return { at, what };
  });
}
