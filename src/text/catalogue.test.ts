import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../../public/_locales/en/messages.json' with { type: 'json' };
import { followUpResults, followUps } from '../core/follow-ups.ts';
import {
  fatesOf,
  goodKinds,
  type Outcome,
  outcomeSchema,
  reaches,
  remainReasons,
} from '../core/outcome.ts';
import { unexpectedReasons } from '../core/reply.ts';
import { endingOf, fateTexts, followUpTexts, revocationTexts, storeName } from './ending.ts';
import type { Message, Translate } from './message.ts';

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

it.each(catalogues.filter(([language]) => language !== 'en'))(
  '%s says nothing as English does, where words are said',
  (_, catalogue) => {
    const keys = Object.keys(en) as (keyof typeof en)[];
    const alike = keys.filter((key) => en[key].message === catalogue[key]?.message);
    expect(alike).toEqual(['uid', 'replyStatus']);
  },
);

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

describe('each ending', () => {
  it.each(outcomes)('has its words: %j', (outcome) => {
    const ending = endingOf(outcome, undefined, list);
    const words = [
      [ending.title],
      ...ending.sentences,
      ...ending.answer,
      ...ending.next,
    ] as Message[];
    for (const message of words) expect(say(message)).toMatch(/\S/);
    expect(ending.sentences.length).toBeGreaterThan(0);
    expect(ending.isGood).toBe(good.includes(outcome.kind));
    const isDone = good.includes(outcome.kind) && outcome.kind !== 'removed-locally';
    expect(ending.next.length > 0).toBe(!isDone);
  });

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
    expect(endingOf(outcome, undefined, list).actions).toEqual(actions);
  });

  it('has a title of its own', () => {
    const titles = new Map(
      outcomes.map((outcome) => [outcome.kind, endingOf(outcome, undefined, list).title]),
    );
    expect(new Set(titles.values()).size).toBe(14);
  });

  it('has other words for each reason', () => {
    const unexpected = outcomes.filter(({ kind }) => kind === 'unexpected-reply');
    const texts = unexpected.map((outcome) => endingOf(outcome, undefined, list).sentences[0]?.[0]);
    expect(new Set(texts).size).toBe(unexpectedReasons.length);
  });
});

describe('an ending tells', () => {
  const all = (fate: 'remaining' | 'absent') => {
    const names = ['SESSDATA', 'bili_jct', 'DedeUserID', 'DedeUserID__ckMd5'] as const;
    return fatesOf([], [], fate === 'remaining' ? names : []);
  };
  const deleted = fatesOf(['SESSDATA'], [], []);

  it.each<[string, Outcome, string[]]>([
    [
      'which cookies cannot be removed',
      { kind: 'cookies-remain', reason: 'not-removable', cookies, sessionEnded: false },
      ['cookiesRemainNotRemovable SESSDATA'],
    ],
    [
      'which cookies are kept, and that the session itself has ended',
      {
        kind: 'cookies-remain',
        reason: 'other-session',
        cookies: fatesOf([], [], ['SESSDATA', 'bili_jct']),
        sessionEnded: true,
      },
      ['cookiesRemainOtherSession SESSDATA + bili_jct', 'sessionEnded'],
    ],
    [
      'that nothing was removed',
      { kind: 'offline', cookies: all('remaining'), othersEnded: false },
      ['offlineText', 'nothingRemoved'],
    ],
    [
      'that one session has ended, and the other was kept',
      { kind: 'csrf-rejected', cookies: all('remaining'), othersEnded: true, detail: {} },
      ['csrfRejectedText', 'othersEnded', 'logInKept'],
    ],
    [
      'that the cookies went all the same',
      { kind: 'blocked', cookies: deleted, othersEnded: false, detail: {} },
      ['blockedText', 'cookiesWentAnyway'],
    ],
    [
      'that the cookies went another way',
      { kind: 'timeout', cookies: all('absent'), othersEnded: false },
      ['timeoutText', 'cookiesWentAnyway'],
    ],
    [
      'nothing of cookies that are not known',
      { kind: 'unexpected-reply', reason: 'internal-error', othersEnded: false, detail: {} },
      ['unexpectedInternalError'],
    ],
    [
      'that one session had ended before its container was deleted',
      { kind: 'unexpected-reply', reason: 'store-gone', othersEnded: true, detail: {} },
      ['unexpectedStoreGone', 'othersEnded'],
    ],
    [
      'that nothing was sent without access',
      { kind: 'no-access', reached: 'nothing-sent' },
      ['noAccessText'],
    ],
    [
      'that the request was sent before access was withdrawn',
      { kind: 'no-access', reached: 'asked' },
      ['noAccessAsked'],
    ],
    [
      'that Bilibili had said yes before access was withdrawn',
      { kind: 'no-access', reached: 'accepted' },
      ['noAccessAccepted'],
    ],
    [
      'that a web page came, and not what it did not say',
      { kind: 'unexpected-reply', reason: 'web-page', ...failed, detail: {} },
      ['unexpectedWebPage', 'nothingRemoved'],
    ],
    ['only the good of a good one', { kind: 'logged-out', cookies: deleted }, ['loggedOutText']],
  ])('%s', (_, outcome, sentences) => {
    expect(
      endingOf(outcome, undefined, list).sentences.map((sentence) => sentence.join(' ')),
    ).toEqual(sentences);
  });

  it.each([
    [undefined, 'rateLimitedNext'],
    [0, 'rateLimitedNext'],
    [60, 'rateLimitedNextSeconds 60'],
    [119, 'rateLimitedNextSeconds 119'],
    [121, 'rateLimitedNextMinutes 3'],
    [7_200, 'rateLimitedNextMinutes 120'],
    // Of years: a number would say nothing.
    [7_201, 'rateLimitedNextLater'],
    [999_999_999, 'rateLimitedNextLater'],
  ])('how long to wait: %j', (retryAfterSeconds, next) => {
    const outcome: Outcome = { kind: 'rate-limited', ...failed, detail: {}, retryAfterSeconds };
    expect(endingOf(outcome, undefined, list).next.map((message) => message.join(' '))).toEqual([
      next,
    ]);
  });

  it.each([
    [{}, []],
    [{ status: 200 }, ['replyStatus 200']],
    [{ status: 200, code: 0 }, ['replyStatus 200', 'replyCode 0']],
    [detail, ['replyStatus 412', 'replyCode -412']],
  ])('the server’s answer, by its numbers: %j', (given, answer) => {
    const ending = endingOf({ kind: 'blocked', ...failed, detail: given }, undefined, list);
    expect(ending.answer.map((message) => message.join(' '))).toEqual(answer);
  });
});

describe('a yes that the proof refutes', () => {
  const outcome: Outcome = { kind: 'logged-out', cookies };

  it.each([
    [undefined, true],
    ['asking', true],
    ['proven', true],
    ['unknown', true],
    ['still-alive', false],
  ] as const)('is no good end: %s', (revocation, isGood) => {
    const { isGood: isGoodEnding, title } = endingOf(outcome, revocation, list);
    expect(isGoodEnding).toBe(isGood);
    expect(title === 'loggedOutTitle').toBe(isGood);
  });

  it('has words of its own', () => {
    const { title, sentences } = endingOf(outcome, 'still-alive', list);
    const words = [[title], ...sentences] as Message[];
    for (const message of words) expect(say(message)).toMatch(/\S/);
    expect(sentences.flat()).not.toContain('loggedOutText');
    const others = outcomes.map((other) => endingOf(other, undefined, list).title);
    expect(others).not.toContain(title);
  });
});

it('fates and proofs have words of their own', () => {
  const keys = [...Object.values(fateTexts), ...Object.values(revocationTexts).flat()];
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
