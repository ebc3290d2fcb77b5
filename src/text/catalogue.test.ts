import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../../public/_locales/en/messages.json' with { type: 'json' };
import zh from '../../public/_locales/zh_CN/messages.json' with { type: 'json' };
import { aftercareResults, aftercareTasks } from '../core/aftercare.ts';
import { fatesOf, type Outcome, outcomeSchema, remainReasons } from '../core/outcome.ts';
import { unexpectedReasons } from '../core/reply.ts';
import { aftercareTexts, endingOf, fateTexts, revocationTexts, storeName } from './ending.ts';
import type { Message } from './message.ts';

type Catalogue = Readonly<Record<string, { readonly message: string }>>;
const catalogues: Readonly<Record<string, Catalogue>> = { en, zh_CN: zh };
const root = new URL('../../', import.meta.url);
const placeholdersOf = (message: string) => [...new Set(message.match(/\$\d/g))].sort();

describe.each(Object.entries(catalogues))('the catalogue %s', (_, catalogue) => {
  it('has the keys of every other, in the same order', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  });

  it.each(Object.entries(en))('has %s with the same placeholders, and not empty', (key, other) => {
    const message = catalogue[key]?.message ?? '';
    expect(placeholdersOf(message)).toEqual(placeholdersOf(other.message));
    expect(message.trim()).not.toBe('');
    // A lone $ would be eaten by the browser.
    expect(message.replaceAll(/\$\d/g, '')).not.toContain('$');
  });
});

it('no two languages say it alike, where words are said', () => {
  const keys = Object.keys(en) as (keyof typeof en)[];
  const alike = keys.filter((key) => en[key].message === zh[key].message);
  expect(alike).toEqual(['uid', 'replyStatus']);
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
const detail = { status: 412, code: -412, message: 'banned' };
const outcomes: Outcome[] = outcomeSchema.options.flatMap(({ entries }): Outcome[] => {
  const kind = entries.kind.literal;
  switch (kind) {
    case 'no-access':
      return [{ kind }];
    case 'unexpected-reply':
      return [
        ...unexpectedReasons.map((reason) => ({ kind, reason, cookies, detail })),
        ...unexpectedReasons.map((reason) => ({ kind, reason, detail: {} })),
      ];
    case 'cookies-remain':
      return remainReasons.flatMap((reason) => [
        { kind, cookies, reason, sessionEnded: true },
        { kind, cookies, reason, sessionEnded: false },
      ]);
    case 'rate-limited':
      return [
        { kind, cookies, detail },
        { kind, cookies, detail, retryAfterSeconds: 0 },
        { kind, cookies, detail, retryAfterSeconds: 60 },
      ];
    case 'csrf-rejected':
    case 'blocked':
    case 'server-error':
      return [{ kind, cookies, detail }];
    default:
      return [{ kind, cookies }];
  }
});
const list = (names: readonly string[]) => names.join(' + ');
const good = ['logged-out', 'already-logged-out', 'session-expired', 'removed-locally'];

/** A message as the browser puts it together; nothing of a substitution may be left over. */
function say([key, ...substitutions]: Message): string {
  const { message } = en[key];
  expect(placeholdersOf(message)).toHaveLength(substitutions.length);
  return message.replaceAll(/\$(\d)/g, (_, index) => substitutions[Number(index) - 1] ?? '');
}

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

  it.each(outcomes)('has its buttons: %j', (outcome) => {
    const actions = good.includes(outcome.kind)
      ? ['reload-tabs']
      : outcome.kind === 'no-access'
        ? ['grant-access']
        : ['retry', 'remove-local'];
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
      { kind: 'offline', cookies: all('remaining') },
      ['offlineText', 'nothingRemoved'],
    ],
    [
      'that the cookies went all the same',
      { kind: 'blocked', cookies: deleted, detail: {} },
      ['blockedText', 'cookiesWentAnyway'],
    ],
    [
      'nothing of cookies that were not there',
      { kind: 'timeout', cookies: all('absent') },
      ['timeoutText'],
    ],
    [
      'nothing of cookies that are not known',
      { kind: 'unexpected-reply', reason: 'internal-error', detail: {} },
      ['unexpectedInternalError'],
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
  ])('how long to wait: %j', (retryAfterSeconds, next) => {
    const outcome: Outcome = { kind: 'rate-limited', cookies, detail: {}, retryAfterSeconds };
    expect(endingOf(outcome, undefined, list).next.map((message) => message.join(' '))).toEqual([
      next,
    ]);
  });

  it.each([
    [{}, [], undefined],
    [{ status: 200 }, ['replyStatus 200'], undefined],
    [{ status: 200, code: 0 }, ['replyStatus 200', 'replyCode 0'], undefined],
    [detail, ['replyStatus 412', 'replyCode -412'], 'banned'],
  ])('the server’s answer: %j', (given, answer, serverMessage) => {
    const ending = endingOf({ kind: 'blocked', cookies, detail: given }, undefined, list);
    expect(ending.answer.map((message) => message.join(' '))).toEqual(answer);
    expect(ending.serverMessage).toBe(serverMessage);
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

describe.each(aftercareTasks)('what follows of %s', (task) => {
  it.each(['working', ...aftercareResults] as const)('has its words: %s', (result) => {
    expect(say([aftercareTexts[task][result]])).toMatch(/\S/);
  });

  it.each(aftercareResults)('is good only where it is done: %s', (result) => {
    const { done, working } = aftercareTexts[task];
    expect(aftercareTexts[task][result] === done).toBe(result === 'done');
    expect(aftercareTexts[task][result]).not.toBe(working);
  });
});

it('the results of biligame have words of their own, and none of the other’s', () => {
  const { biligame, siteData } = aftercareTexts;
  const keys = Object.values(biligame);
  expect(new Set(keys).size).toBe(aftercareResults.length + 1);
  for (const key of Object.values(siteData)) expect(keys).not.toContain(key);
});

it.each([
  [{ id: '0', kind: 'default' }, ['storeDefault']],
  [{ id: '1', kind: 'incognito' }, ['storeIncognito']],
  [{ id: 'p', kind: 'private' }, ['storePrivate']],
  [{ id: 'c', kind: 'container', name: 'Work' }, ['storeContainer', 'Work']],
] as const)('a store is called by its name: %j', (store, message) => {
  expect(storeName(store)).toEqual(message);
  expect(say(storeName(store))).toMatch(/\S/);
});
