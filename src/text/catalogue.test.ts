import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../../public/_locales/en/messages.json' with { type: 'json' };
import { followUpResults, followUps } from '../core/follow-ups.ts';
import { beginning, type Mode, type Progress, steps } from '../core/order.ts';
import {
  fatesOf,
  goodKinds,
  type Outcome,
  outcomeSchema,
  type Revocation,
  reaches,
  remainReasons,
  unexpectedReasons,
} from '../core/outcome.ts';
import { begun, withProgress } from '../core/record.ts';
import { adviceOf } from './advice.ts';
import { fateTexts, followUpTexts, stateTexts, storeName } from './labels.ts';
import type { Message, PlainKey, Translate } from './message.ts';
import { counted } from './plural.ts';
import { plan, progressRows, type RowState, receiptRows } from './rows.ts';
import { isWell, pastTitleOf, titleOf } from './title.ts';

interface Entry {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}
type Catalogue = Readonly<Record<string, Entry>>;
const root = new URL('../../', import.meta.url);
const locales = new URL('public/_locales/', root);
/** Every language that is there. */
const catalogues = readdirSync(locales).map((language): [string, Catalogue] => [
  language,
  JSON.parse(readFileSync(new URL(`${language}/messages.json`, locales), 'utf8')),
]);

/** What stands for the n-th value: the browser reads `$NAME$` as the content that NAME declares. */
const declaredBy = ({ placeholders = {} }: Entry) =>
  Object.entries(placeholders).map(([name, { content }]) => [`$${name.toUpperCase()}$`, content]);

describe.each(catalogues)('the catalogue %s', (_, catalogue) => {
  it('has the keys of every other, in the same order', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  });

  it.each(Object.entries<Entry>(en))(
    'has %s with the same placeholders, and not empty',
    (key, other) => {
      const entry = catalogue[key] ?? { message: '' };
      expect(entry.placeholders).toEqual(other.placeholders);
      const contents = declaredBy(entry).map(([, content]) => content);
      // Types count them up to two: `Message`.
      expect(contents).toEqual(['$1', '$2'].slice(0, contents.length));
      const names = declaredBy(entry).map(([name]) => name);
      expect([...new Set(entry.message.match(/\$[A-Z]+\$/g))].sort()).toEqual(names.sort());
      // A lone $ would be eaten by the browser.
      expect(entry.message.replaceAll(/\$[A-Z]+\$/g, '')).not.toContain('$');
      expect(entry.message.trim()).not.toBe('');
    },
  );
});

/** Of a name and a few words many are international: German has "Details" and "UID $UID$" too. */
const wordsOf = (message: string) => message.replaceAll(/\$[A-Z]+\$/g, '').match(/\p{L}+/gu) ?? [];

it.each(catalogues.filter(([language]) => language !== 'en'))(
  '%s says no sentence as English does',
  (_, catalogue) => {
    const sentences = Object.entries<Entry>(en).filter(
      ([, { message }]) => wordsOf(message).length > 3,
    );
    expect(sentences.length).toBeGreaterThan(50);
    const alike = sentences.filter(([key, { message }]) => message === catalogue[key]?.message);
    expect(alike).toEqual([]);
  },
);

/** The word by which a description says that Bilibili has nothing to do with this. */
const unofficial: Readonly<Record<string, string>> = {
  en: 'Unofficial',
  ja: '非公式',
  zh_CN: '非官方',
  zh_TW: '非官方',
};

it.each(catalogues)('the stores take the name and the description: %s', (language, catalogue) => {
  const { name, description } = catalogue;
  expect(name?.message.length).toBeLessThanOrEqual(75);
  expect(description?.message.length).toBeLessThanOrEqual(132);
  // Nothing may begin with a mark of somebody else.
  expect(name?.message).not.toMatch(/^(bilibili|哔哩哔哩|嗶哩嗶哩|ビリビリ|B站)/i);
  expect(unofficial).toHaveProperty(language);
  expect(description?.message).toContain(unofficial[language]);
});

it.each(catalogues)('%s has the name of its folder', (language, catalogue) => {
  expect(catalogue['lang']?.message).toBe(language.replace('_', '-'));
});

/** Words that only a programmer knows. In another language such a word may be an everyday one. */
const technical: Readonly<Record<string, RegExp>> = {
  en: /session|token/i,
  ja: /セッション|トークン/,
  zh_CN: /会话|令牌/,
  zh_TW: /工作階段|會話|權杖|令牌/,
};

it.each(Object.entries(technical))('is for everybody: %s', (language, words) => {
  const catalogue = new Map(catalogues).get(language) ?? {};
  expect(Object.values(catalogue).filter(({ message }) => words.test(message))).toEqual([]);
});

describe('each message is used', () => {
  const sources = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
    .map((path) => readFileSync(new URL(`src/${path}`, root), 'utf8'))
    .join('\n');
  const manifest = readFileSync(new URL('manifest.config.ts', root), 'utf8');

  it.each(Object.keys(en))('%s', (key) => {
    const isUsed =
      new RegExp(`['"]${key}['"]`).test(sources) || manifest.includes(`__MSG_${key}__`);
    expect(isUsed).toBe(true);
  });

  it.each([...manifest.matchAll(/__MSG_(\w+)__/g)].map(([, key]) => key))(
    'and there, by the manifest: %s',
    (key) => {
      expect(Object.keys(en)).toContain(key);
    },
  );
});

const cookies = fatesOf(['SESSDATA', 'bili_jct'], ['SESSDATA'], ['SESSDATA']);
const detail = { status: 412, code: -412 };
const failed = { cookies, othersEnded: false };
const outcomes: Outcome[] = outcomeSchema.options.flatMap(({ entries }): Outcome[] => {
  const kind = entries.kind.literal;
  switch (kind) {
    case 'no-access':
      return reaches.map((reached) => ({ kind, reached }));
    case 'unexpected-reply':
      return [
        ...unexpectedReasons.map((reason) => ({ kind, reason, ...failed, detail })),
        ...unexpectedReasons.map((reason) => ({ kind, reason, othersEnded: true, detail: {} })),
      ];
    case 'cookies-remain':
      return remainReasons.flatMap((reason) => [
        { kind, cookies, reason, sessionEnded: true },
        { kind, cookies, reason, sessionEnded: false },
      ]);
    case 'rate-limited':
      return [
        { kind, ...failed, detail },
        { kind, ...failed, othersEnded: true, detail, retryAfterSeconds: 60 },
      ];
    case 'csrf-rejected':
    case 'blocked':
    case 'server-error':
      return [{ kind, ...failed, detail }];
    case 'no-csrf-token':
    case 'offline':
    case 'timeout':
      return [{ kind, ...failed }];
    default:
      return [{ kind, cookies }];
  }
});
const list = (names: readonly string[]) => names.join(' + ');
const good: readonly string[] = goodKinds;

/** A message as the browser puts it together; nothing of a substitution may be left over. */
function say([key, ...values]: Message): string {
  const entry: Entry = en[key];
  const declared = declaredBy(entry);
  expect(declared).toHaveLength(values.length);
  return declared.reduce(
    (text, [name = ''], index) => text.replaceAll(name, values[index] ?? ''),
    entry.message,
  );
}

it('a message without what it needs does not compile', () => {
  const t: Translate = (...message) => say(message);
  expect(t('uid', '7')).toBe('UID 7');
  // @ts-expect-error The number is missing.
  expect(() => t('uid')).toThrow();
  // @ts-expect-error One too many.
  expect(() => t('retry', '7')).toThrow();
  // @ts-expect-error It has two.
  expect(() => t('badgeTitle', 'one')).toThrow();
});

/** The usual way to log out. */
const mode: Mode = 'server';

/** All that a person is told of an end. */
function told(outcome: Outcome, revocation?: Revocation, mode: Mode = 'server'): Message[] {
  return [
    [titleOf(outcome, revocation)],
    ...receiptRows(outcome, revocation, mode).map(({ text }) => text),
    ...adviceOf(outcome, revocation, mode, list).sentences,
  ];
}

describe('each end', () => {
  it.each(outcomes)('has its words: %j', (outcome) => {
    for (const message of told(outcome)) expect(say(message)).toMatch(/\S/);
    expect(isWell(outcome, undefined)).toBe(good.includes(outcome.kind));
  });

  it.each(outcomes)('has three rows, of the three steps: %j', (outcome) => {
    expect(receiptRows(outcome, undefined, mode).map(({ step }) => step)).toEqual(steps);
  });

  it.each(outcomes)(
    'fails in red only where it is not good, and then says what to do: %j',
    (outcome) => {
      const rows = receiptRows(outcome, undefined, mode);
      const isBad = rows.some(({ state }) => ['failed', 'kept'].includes(state));
      const isUnseen = outcome.kind === 'no-access' && outcome.reached === 'accepted';
      expect(isBad).toBe(!good.includes(outcome.kind) && !isUnseen);
      const isDone = good.includes(outcome.kind) && outcome.kind !== 'removed-locally';
      expect(adviceOf(outcome, undefined, mode, list).sentences.length > 0).toBe(!isDone);
    },
  );

  /** What can still be done: nothing without the session's id, and no removal of what stays. */
  const buttonsAfter = (outcome: Outcome) => {
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    const isThere = 'cookies' in outcome && outcome.cookies?.SESSDATA === 'remaining';
    const needsId = ['store-gone', 'session-gone', 'log-in-lost'].includes(reason ?? '');
    if (needsId && !isThere) return [];
    return reason === 'not-removable' ? ['retry'] : ['retry', 'remove-local'];
  };

  it.each(outcomes)('has its buttons: %j', (outcome) => {
    const actions = good.includes(outcome.kind)
      ? ['reload-tabs']
      : outcome.kind === 'no-access'
        ? ['grant-access']
        : buttonsAfter(outcome);
    expect(adviceOf(outcome, undefined, mode, list).actions).toEqual(actions);
  });

  it('a log-in was lost and its token stays: that can be cleared away', () => {
    const outcome: Outcome = {
      kind: 'unexpected-reply',
      reason: 'session-gone',
      othersEnded: false,
      cookies: {
        SESSDATA: 'absent',
        bili_jct: 'remaining',
        DedeUserID: 'absent',
        DedeUserID__ckMd5: 'absent',
      },
      detail: {},
    };
    expect(adviceOf(outcome, undefined, 'server', list).actions).toEqual(['remove-local']);
  });

  it('has words of its own', () => {
    const words = new Map(
      outcomes.map((outcome) => [outcome.kind, JSON.stringify(told(outcome).slice(0, 3))]),
    );
    expect(new Set(words.values()).size).toBe(outcomeSchema.options.length);
  });

  it('has other words for each reason', () => {
    const unexpected = outcomes.filter(({ kind }) => kind === 'unexpected-reply');
    const texts = unexpected.map((outcome) => receiptRows(outcome, undefined, mode)[0]?.text[0]);
    expect(new Set(texts).size).toBe(unexpectedReasons.length);
  });
});

describe('an end tells', () => {
  const all = (fate: 'remaining' | 'absent') => {
    const names = ['SESSDATA', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5'] as const;
    return fatesOf([], [], fate === 'remaining' ? names : []);
  };

  it.each<[string, Outcome, string[]]>([
    [
      'which cookies cannot be removed',
      { kind: 'cookies-remain', reason: 'not-removable', cookies, sessionEnded: false },
      ['titleCookiesRemain', 'revokeNothing', 'clearFailed', 'adviceRemoveByHand SESSDATA'],
    ],
    [
      'that another log-in is kept, and the one that was meant has ended',
      {
        kind: 'cookies-remain',
        reason: 'other-session',
        cookies: all('remaining'),
        sessionEnded: true,
      },
      ['titleStillLoggedIn', 'revokeDone', 'clearOther', 'adviceOtherLogIn'],
    ],
    [
      'that nothing was removed',
      { kind: 'offline', cookies: all('remaining'), othersEnded: false },
      ['titleStillLoggedIn', 'failOffline', 'clearKept', 'adviceOffline'],
    ],
    [
      'that one log-in has ended, and the other was kept',
      { kind: 'csrf-rejected', cookies: all('remaining'), othersEnded: true, detail: {} },
      ['titleStillLoggedIn', 'failRefused', 'clearKept', 'othersEnded', 'adviceRefused'],
    ],
    [
      'that the cookies went another way',
      { kind: 'timeout', cookies: all('absent'), othersEnded: false },
      ['titleNotConfirmed', 'failTimeout', 'clearGone', 'adviceTimeout'],
    ],
    [
      'nothing of cookies that are not known',
      { kind: 'unexpected-reply', reason: 'internal-error', othersEnded: false, detail: {} },
      ['titleNotConfirmed', 'failInternal', 'clearUnseen', 'adviceRetryOrSite'],
    ],
    [
      'that one log-in had ended before its container was deleted',
      { kind: 'unexpected-reply', reason: 'store-gone', othersEnded: true, detail: {} },
      ['titleNotConfirmed', 'failStoreGone', 'clearUnseen', 'othersEnded', 'adviceChangePassword'],
    ],
    [
      'that a log-in is lost, although another one is there',
      {
        kind: 'unexpected-reply',
        reason: 'session-gone',
        ...failed,
        cookies: all('remaining'),
        detail: {},
      },
      ['titleStillLoggedIn', 'failSessionGone', 'clearOther', 'adviceChangePassword'],
    ],
    [
      'that nothing was sent without access',
      { kind: 'no-access', reached: 'nothing-sent' },
      ['titleNoAccess', 'failNoAccess', 'clearUnseen', 'adviceGrantAccess'],
    ],
    [
      'that the request was sent before access was withdrawn',
      { kind: 'no-access', reached: 'asked' },
      ['titleNotConfirmed', 'failNoAccess', 'clearUnseen', 'adviceGrantAccess'],
    ],
    [
      'that Bilibili had said yes before access was withdrawn',
      { kind: 'no-access', reached: 'accepted' },
      ['titleNotConfirmed', 'revokeSaidYes', 'clearUnseen', 'adviceGrantAccess'],
    ],
  ])('%s', (_, outcome, words) => {
    const rows = told(outcome).map((message) => message.join(' '));
    expect(rows.filter((word) => word !== 'proveAhead')).toEqual(words);
  });

  it.each([
    [undefined, 'advicePause'],
    [0, 'advicePause'],
    [60, 'advicePauseSeconds 60'],
    [119, 'advicePauseSeconds 119'],
    [121, 'advicePauseMinutes 3'],
    [7_200, 'advicePauseMinutes 120'],
    // Of years: a number would say nothing.
    [7_201, 'advicePauseLater'],
    [999_999_999, 'advicePauseLater'],
  ])('how long to wait: %j', (retryAfterSeconds, next) => {
    const outcome: Outcome = { kind: 'rate-limited', ...failed, detail: {}, retryAfterSeconds };
    const { sentences } = adviceOf(outcome, undefined, mode, list);
    expect(sentences.map((message) => message.join(' '))).toEqual([next]);
  });
});

describe('the proof of a yes', () => {
  const outcome: Outcome = { kind: 'logged-out', cookies };

  it.each([
    [undefined, 'now', 'proveNow', true],
    ['asking', 'now', 'proveNow', true],
    ['proven', 'done', 'proveDone', true],
    ['unknown', 'unknown', 'proveUnknown', true],
    ['still-alive', 'failed', 'proveStillAlive', false],
  ] as const)('%s', (revocation, state, key, isGood) => {
    expect(receiptRows(outcome, revocation, mode)[2]).toEqual({
      step: 'prove',
      state,
      text: [key],
    });
    expect(isWell(outcome, revocation)).toBe(isGood);
    expect(titleOf(outcome, revocation) === 'titleLoggedOut').toBe(isGood);
  });

  it('that refutes it leaves no word of it standing as a fact', () => {
    expect(told(outcome, 'still-alive').flat()).toEqual([
      ...['titleStillAlive', 'revokeSaidYes', 'clearDone', 'proveStillAlive'],
      'adviceChangePassword',
    ]);
  });
});

describe('a log-out under way', () => {
  const start = { id: 'i', storeId: '0', trigger: 'popup', startedAt: 0, found: [] } as const;
  const ended = [{ fingerprint: 'a', by: 'yes' }] as const;
  it.each<[string, Mode, string[], Partial<Progress>, RowState[]]>([
    ['asked', 'server', ['a'], {}, ['now', 'ahead', 'ahead']],
    ['ended', 'server', ['a'], { step: 'clear', ended }, ['done', 'now', 'ahead']],
    [
      'one of two failed',
      'server',
      ['a', 'b'],
      { step: 'clear', ended },
      ['now', 'ahead', 'ahead'],
    ],
    ['nobody was there', 'server', [], { step: 'clear' }, ['skipped', 'now', 'ahead']],
    ['this browser only', 'local', ['a'], {}, ['skipped', 'now', 'skipped']],
  ])('%s', (_, how, sessions, progress, states) => {
    const record = begun({ ...start, mode: how, sessions, found: [] });
    const rows = progressRows(withProgress(record, { ...beginning, ...progress }));
    expect(rows.map(({ state }) => state)).toEqual(states);
    expect(rows.map((row) => row.step)).toEqual(plan.map((row) => row.step));
    for (const { text } of [...rows, ...plan]) expect(say(text)).toMatch(/\S/);
  });
});

it('what cannot be removed here is not told as ended at Bilibili, which was not asked', () => {
  const outcome: Outcome = {
    ...{ kind: 'cookies-remain', reason: 'not-removable', cookies, sessionEnded: false },
  } as const;
  expect(told(outcome, undefined, 'local').map(([key]) => key)).toEqual([
    ...['titleCookiesRemain', 'revokeNotAsked', 'clearFailed', 'proveNotEnded'],
    ...['adviceRemoveByHand', 'adviceNotEnded'],
  ]);
});

it.each(['session-expired', 'already-logged-out'] as const)(
  'a log-in that came meanwhile, and was ended, has its proof with %s',
  (kind) => {
    const proof = (revocation: Revocation) =>
      receiptRows({ kind, cookies }, revocation, mode)[2]?.text[0];
    expect(proof('still-alive')).toBe('proveStillAlive');
    expect(proof('proven')).toBe('proveDone');
  },
);

it.each([
  ['en', 1, ['reloadTabsOne']],
  ['en', 2, ['reloadTabsOther', '2']],
  // No plurals in these.
  ['zh-CN', 1, ['reloadTabsOther', '1']],
  ['ja', 1, ['reloadTabsOther', '1']],
] as const)('a number has the form that its language has: %s, %i', (language, count, message) => {
  expect(counted(language, count, 'reloadTabsOne', 'reloadTabsOther')).toEqual(message);
});

const gone = fatesOf(['SESSDATA'], [], []);
it.each<[PlainKey, Outcome]>([
  ['titleLoggedOut', { kind: 'logged-out', cookies: gone }],
  ['titleExpired', { kind: 'session-expired', cookies: gone }],
  ['ruleFailed', { kind: 'offline', cookies, othersEnded: false }],
  ['ruleFailed', { kind: 'no-access', reached: 'nothing-sent' }],
  ['titleNotConfirmed', { kind: 'no-access', reached: 'accepted' }],
  ['titleNotConfirmed', { kind: 'timeout', cookies: gone, othersEnded: false }],
  [
    'titleCookiesRemain',
    { kind: 'cookies-remain', reason: 'other-session', sessionEnded: true, cookies },
  ],
])('of what nobody saw, nothing is said to be so now: %s', (title, outcome) => {
  expect(pastTitleOf(outcome, undefined)).toBe(title);
  expect(pastTitleOf(outcome, 'still-alive')).toBe('titleStillAlive');
});

it('fates and states have words of their own', () => {
  const keys = [...Object.values(fateTexts), ...Object.values(stateTexts)];
  for (const key of keys) expect(say([key])).toMatch(/\S/);
  expect(new Set(keys).size).toBe(keys.length);
});

describe.each(followUps)('what follows of %s', (task) => {
  it.each(['working', ...followUpResults] as const)('has its words: %s', (result) => {
    expect(say([followUpTexts[task][result]])).toMatch(/\S/);
  });

  it.each(followUpResults)('is good only where it is done: %s', (result) => {
    const { done, working } = followUpTexts[task];
    expect(followUpTexts[task][result] === done).toBe(result === 'done');
    expect(followUpTexts[task][result]).not.toBe(working);
  });
});

it('the results of biligame have words of their own, and none of the other’s', () => {
  const { biligame, siteData } = followUpTexts;
  const keys = Object.values(biligame);
  expect(new Set(keys).size).toBe(followUpResults.length + 1);
  for (const key of Object.values(siteData)) expect(keys).not.toContain(key);
});

it.each([
  [{ id: '0', kind: 'default' }, ['storeDefault']],
  [{ id: '1', kind: 'incognito' }, ['storeIncognito']],
  [{ id: 'p', kind: 'private' }, ['storePrivate']],
  [{ id: 'c', kind: 'container', name: '7' }, ['storeContainer', '7']],
] as const)('a store is called by its name: %j', (store, message) => {
  expect(storeName(store)).toEqual(message);
  expect(say(storeName(store))).toMatch(/\S/);
});
