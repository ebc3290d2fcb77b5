import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isSisterAddress, logOutOfSisterSite } from './biligame.ts';
import type { Cookie } from './cookie.ts';
import type { Answer } from './reply.ts';
import { json, lost, navAlive, navDead, reply, timedOut } from './testing/answers.ts';
import { bystanders, cookie, idOf, logIn } from './testing/cookies.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

const good = 'https://passport.biligame.com/crossDomain?x=1';

describe('an address of the sister site', () => {
  it.each([
    good,
    'https://biligame.com',
    'https://biligame.com/',
    'https://biligame.com?x=1',
    'https://biligame.com#x',
    'https://www.biligame.com/a/b?c=d#e',
    'https://a.b.biligame.com/',
    'https://a-1.biligame.com/',
    'https://biligame.com/?go=https://evil.example/',
    'https://biligame.com/@evil.example/',
    'https://biligame.com?@evil.example/',
    'https://biligame.com#@evil.example/',
  ])('is visited: %j', (url) => {
    expect(isSisterAddress(url)).toBe(true);
    expect(new URL(url).host).toMatch(/(^|\.)biligame\.com$/);
  });

  it.each([
    ['empty', ''],
    ['a space', ' '],
    ['http', 'http://passport.biligame.com/'],
    ['another host', 'https://evil.example/'],
    ['Bilibili itself', 'https://passport.bilibili.com/'],
    ['a look-alike before', 'https://notbiligame.com/'],
    ['a look-alike before, with a dash', 'https://not-biligame.com/'],
    ['a look-alike behind', 'https://biligame.com.evil.example/'],
    ['a look-alike of the dot', 'https://biligameXcom/'],
    ['a longer last part', 'https://biligame.community/'],
    ['the last part alone', 'https://com/'],
    ['a name in other letters', 'https://bіligame.com/'],
    ['wide letters', 'https://ｂiligame.com/'],
    ['an ideographic dot', 'https://biligame。com/'],
    ['a user', 'https://biligame.com@evil.example/'],
    ['a user of ours', 'https://x@biligame.com/'],
    ['a user and a password', 'https://biligame.com:x@evil.example/'],
    ['a port', 'https://biligame.com:8443/'],
    ['the usual port', 'https://biligame.com:443/'],
    ['an empty port', 'https://biligame.com:/'],
    ['a backslash', 'https://biligame.com\\@evil.example/'],
    ['a backslash before', 'https://evil.example\\.biligame.com/'],
    ['backslashes for slashes', 'https:\\\\biligame.com\\'],
    ['three slashes', 'https:///biligame.com/'],
    ['one slash', 'https:/biligame.com/'],
    ['no slash', 'https:biligame.com/'],
    ['no scheme', '//biligame.com/'],
    ['a path', '/biligame.com/'],
    ['a bare host', 'biligame.com'],
    ['javascript', 'javascript:alert(1)//https://biligame.com/'],
    ['data', 'data:text/html,https://biligame.com/'],
    ['a file', 'file://biligame.com/'],
    ['a blob', 'blob:https://biligame.com/'],
    ['view-source', 'view-source:https://biligame.com/'],
    ['a socket', 'wss://biligame.com/'],
    ['capitals in the scheme', 'HTTPS://biligame.com/'],
    ['capitals in the host', 'https://BILIGAME.com/'],
    ['a space before', ' https://biligame.com/'],
    ['a space in the host', 'https://bili game.com/'],
    ['a space after the host', 'https://biligame.com /'],
    ['a tab in the scheme', 'ht\ttps://biligame.com/'],
    ['a tab in the host', 'https://bili\tgame.com/'],
    ['a line before', 'x\nhttps://biligame.com/'],
    ['a line after', 'https://biligame.com\nx'],
    ['a line at the end', 'https://biligame.com\n'],
    ['a nought', 'https://biligame.com\u0000.evil.example/'],
    ['an escape', 'https://biligame.com%2eevil.example/'],
    ['an escaped slash', 'https://evil.example%2f.biligame.com/'],
    ['a dot before', 'https://.biligame.com/'],
    ['a dot after', 'https://biligame.com./'],
    ['an address of numbers', 'https://[::1]/'],
    ['two hosts', 'https://evil.example,biligame.com/'],
    ['a semicolon', 'https://biligame.com;evil.example/'],
    ['a star', 'https://*.biligame.com/'],
  ])('is none: %s', (_, url) => {
    expect(isSisterAddress(url)).toBe(false);
  });

  it('is one for the browser, too, whatever is around it', () => {
    const part = fc.oneof(
      fc.constantFrom('https://', 'http://', 'biligame.com', 'evil.example', 'passport.'),
      fc.constantFrom('/', '\\', '@', ':', '?', '#', '.', '%', ' ', '\t', '\n', '443', '[', ']'),
      fc.string({ maxLength: 3 }),
    );
    const urls = fc
      .tuple(fc.constantFrom('https://', 'https://biligame.com', ''), fc.array(part))
      .map(([start, parts]) => start + parts.join(''));
    fc.assert(
      fc.property(urls, (url) => {
        if (!isSisterAddress(url) || !URL.canParse(url)) return;
        const { protocol, hostname, port, username, password } = new URL(url);
        expect([protocol, port, username, password]).toEqual(['https:', '', '', '']);
        expect(hostname === 'biligame.com' || hostname.endsWith('.biligame.com')).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});

const shape = { domain: '.biligame.com' };
const hidden = { domain: 'www.biligame.com' };
const others = [
  cookie('sid', 'x', shape),
  cookie('SESSDATA', idOf('A'), { domain: '.notbiligame.com' }),
  cookie('SESSDATA', idOf('A'), { domain: 'biligame.com.evil.test' }),
  ...bystanders,
  // Bilibili's own are no business of what follows.
  ...logIn('A'),
];
const ended = [...others, ...logIn('A', shape)];

interface SisterWorld {
  readonly cookies?: readonly Cookie[];
  readonly isAmbient?: boolean;
  readonly alive?: readonly string[];
  readonly nav?: Answer;
  readonly visit?: Answer | ((world: { jar: Cookie[] }) => Answer);
  readonly unremovable?: (cookie: Cookie) => boolean;
  /** Whether the sister site may be seen, at each moment. */
  readonly isAllowed?: (world: { visits: string[] }) => boolean;
  /** What happens in the browser while the server is asked. */
  readonly meanwhile?: (world: { jar: Cookie[] }) => void;
}

/** The sister site's jar after Bilibili's log-out of A, with a server that knows live sessions. */
function createSister({
  cookies = ended,
  isAmbient = true,
  alive = [],
  nav,
  visit = reply(),
  unremovable = () => false,
  isAllowed = () => true,
  meanwhile,
}: SisterWorld = {}) {
  const living = alive.map(idOf);
  const world = {
    jar: [...cookies],
    visits: [] as string[],
    navs: [] as string[],
    removed: [] as Cookie[],
    /** Session ids that were removed while their session was alive. */
    destroyed: [] as string[],
    run: (redirectUrl: string | undefined = good, endedIds = [idOf('A')]) =>
      logOutOfSisterSite(needs, redirectUrl, endedIds),
    runNowhere: () => logOutOfSisterSite(needs, undefined, [idOf('A')]),
  };
  const isAt = (a: Cookie, b: Cookie) =>
    a.name === b.name && a.domain === b.domain && a.path === b.path;
  const needs = {
    jar: {
      isAmbient,
      list: async () => (isAllowed(world) ? [...world.jar] : []),
      async remove(one: Cookie) {
        world.removed.push(one);
        if (unremovable(one)) throw new Error('broken');
        for (const { name, value } of world.jar.filter((found) => isAt(found, one))) {
          if (name === 'SESSDATA' && living.includes(value)) world.destroyed.push(value);
        }
        world.jar = world.jar.filter((found) => !isAt(found, one));
      },
    },
    server: {
      async nav(cookieHeader: string) {
        world.navs.push(cookieHeader);
        meanwhile?.(world);
        const isAlive = living.some((id) => cookieHeader === `SESSDATA=${id}`);
        return nav ?? (isAlive ? navAlive : navDead);
      },
    },
    isAllowed: async () => isAllowed(world),
    async visit(url: string) {
      world.visits.push(url);
      return typeof visit === 'function' ? visit(world) : visit;
    },
  };
  return world;
}

describe('the sister site is logged out of', () => {
  it('by the address that the reply named, and what is left is removed', async () => {
    const world = createSister();
    expect(await world.run()).toBe('done');
    expect(world.visits).toEqual([good]);
    expect(world.navs).toEqual([]);
    expect(world.removed).toEqual(logIn('A', shape));
    expect(world.jar).toEqual(others);
  });

  it('before anything is removed', async () => {
    const world = createSister({
      visit: ({ jar }) => {
        expect(jar).toEqual(ended);
        return reply();
      },
    });
    expect(await world.run()).toBe('done');
  });

  it('where the site itself removes all', async () => {
    const world = createSister({
      visit: (site) => {
        site.jar = [...others];
        return { kind: 'redirect' };
      },
    });
    expect(await world.run()).toBe('done');
    expect(world.removed).toEqual([]);
  });

  it.each<[string, Answer, string]>([
    ['a reply', reply(), 'done'],
    ['a reply of whatever status', reply({ status: 404 }), 'done'],
    ['a redirect', { kind: 'redirect' }, 'done'],
    ['no connection', lost, 'unreachable'],
    ['no answer in time', timedOut, 'unreachable'],
    ['nothing sent', { kind: 'unsent' }, 'unreachable'],
  ])('and told by what the visit came to: %s', async (_, visit, result) => {
    const world = createSister({ visit });
    expect(await world.run()).toBe(result);
    expect(world.visits).toEqual([good]);
    expect(world.jar).toEqual(others);
  });

  it.each([
    'https://evil.example/',
    'http://passport.biligame.com/',
    'https://biligame.com@evil.example/',
    '',
  ])('without a visit to an address that is refused: %j', async (url) => {
    const world = createSister();
    expect(await world.run(url)).toBe('address-refused');
    expect(world.visits).toEqual([]);
    expect(world.jar).toEqual(others);
  });

  it('without a visit where no address was named', async () => {
    const world = createSister();
    expect(await world.runNowhere()).toBe('done');
    expect(world.visits).toEqual([]);
    expect(world.jar).toEqual(others);
  });

  it.each([good, 'https://evil.example/'])(
    'without a visit for another store, whose cookies it would not carry: %j',
    async (url) => {
      const world = createSister({ isAmbient: false });
      expect(await world.run(url)).toBe('done');
      expect(world.visits).toEqual([]);
      expect(world.jar).toEqual(others);
    },
  );

  it('where there is nothing to remove', async () => {
    const world = createSister({ cookies: others });
    expect(await world.run()).toBe('done');
    expect([...world.navs, ...world.removed]).toEqual([]);
  });

  it.each<[string, Cookie]>([
    ['a subdomain', cookie('DedeUserID', '1', { domain: '.passport.biligame.com' })],
    ['a host', cookie('bili_jct', '1', { domain: 'biligame.com' })],
    ['a path', cookie('DedeUserID__ckMd5', '1', { ...shape, path: '/x' })],
    ['a companion', cookie('SESSDATA__ckMd5', '1', shape)],
    ['an empty session id', cookie('SESSDATA', '', shape)],
  ])('in whatever shape a leftover has: %s', async (_, leftover) => {
    const world = createSister({ cookies: [...others, leftover] });
    expect(await world.run()).toBe('done');
    expect(world.removed).toEqual([leftover]);
    expect(world.navs).toEqual([]);
    expect(world.jar).toEqual(others);
  });

  it.each<[string, (one: Cookie) => boolean, number]>([
    ['none', () => true, 4],
    ['one does not', ({ name }) => name === 'DedeUserID', 1],
  ])('but told where not all cookies go: %s', async (_, unremovable, count) => {
    const world = createSister({ unremovable: (one) => unremovable(one) });
    expect(await world.run()).toBe('cookies-remain');
    expect(world.removed).toHaveLength(4);
    expect(world.jar).toHaveLength(others.length + count);
  });

  it('and what remains counts for more than the visit', async () => {
    const world = createSister({ visit: lost, unremovable: () => true });
    expect(await world.run()).toBe('cookies-remain');
  });
});

describe('an empty jar proves nothing', () => {
  it.each<[string, SisterWorld['isAllowed']]>([
    ['before the visit', () => false],
    ['while the visit runs', ({ visits }) => visits.length === 0],
  ])(
    'access is withdrawn %s, all the cookies stay, and nobody says that they are gone',
    async (_, isAllowed) => {
      const world = createSister({ ...(isAllowed && { isAllowed }) });
      expect(await world.run()).toBe('no-access');
      expect(world.jar).toEqual(ended);
    },
  );
});

it('both of two ended sessions go unasked', async () => {
  const world = createSister({ cookies: [...ended, ...logIn('B', hidden)], alive: ['A', 'B'] });
  expect(await world.run(good, [idOf('A'), idOf('B')])).toBe('done');
  expect(world.navs).toEqual([]);
  expect(world.jar).toEqual(others);
});

it('another dead session id after each question keeps nobody busy', async () => {
  const world = createSister({
    cookies: ended,
    meanwhile: (browser) => {
      browser.jar = [
        ...browser.jar.filter(({ domain }) => domain !== '.evil.biligame.com'),
        cookie('SESSDATA', `x${world.navs.length}`, { domain: '.evil.biligame.com' }),
      ];
    },
    visit: (browser) => {
      browser.jar = [...browser.jar, cookie('SESSDATA', 'x', { domain: '.evil.biligame.com' })];
      return reply();
    },
  });
  expect(await world.run()).toBe('other-session');
  expect(world.navs.length).toBeLessThanOrEqual(10);
});

describe('the sister site’s session id of another session', () => {
  const another = [...others, ...logIn('B', shape)];

  it.each<[string, SisterWorld]>([
    ['lives', { alive: ['B'] }],
    ['may live', { nav: reply({ status: 412 }) }],
    ['may live, as the question is lost', { nav: lost }],
    ['may live, as the answer makes no sense', { nav: json({ code: 0 }) }],
  ])('is kept where that session %s', async (_, options) => {
    const world = createSister({ cookies: another, ...options });
    expect(await world.run()).toBe('other-session');
    expect(world.navs).toEqual([`SESSDATA=${idOf('B')}`]);
    expect(world.removed).toEqual([]);
    expect(world.jar).toEqual(another);
  });

  it('is removed where that session is dead', async () => {
    const world = createSister({ cookies: another });
    expect(await world.run()).toBe('done');
    expect(world.navs).toEqual([`SESSDATA=${idOf('B')}`]);
    expect(world.jar).toEqual(others);
  });

  it('is kept beside the one that ended, and is asked about alone', async () => {
    const cookies = [...ended, ...logIn('B', hidden)];
    const world = createSister({ cookies, alive: ['B'] });
    expect(await world.run()).toBe('other-session');
    expect(world.navs).toEqual([`SESSDATA=${idOf('B')}`]);
    expect(world.jar).toEqual(expect.arrayContaining([...others, ...logIn('B', hidden)]));
  });

  it.each([
    ['B', 'C'],
    ['C', 'B'],
  ])('is kept where one of two lives: %s, not %s', async (alive) => {
    const cookies = [...another, ...logIn('C', hidden)];
    const world = createSister({ cookies, alive: [alive] });
    expect(await world.run()).toBe('other-session');
    expect(world.destroyed).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(logIn(alive, alive === 'B' ? shape : hidden)));
  });

  it('goes with all the others where all are dead, each asked about once', async () => {
    const copies = [cookie('SESSDATA', idOf('C'), { ...hidden, path: '/x' })];
    const world = createSister({ cookies: [...another, ...logIn('C', hidden), ...copies] });
    expect(await world.run()).toBe('done');
    expect(world.navs).toEqual([`SESSDATA=${idOf('B')}`, `SESSDATA=${idOf('C')}`]);
    expect(world.jar).toEqual(others);
  });

  it.each<[string, readonly string[], string]>([
    ['alive', ['A'], 'other-session'],
    ['dead', [], 'done'],
  ])('is any, where nobody knows which one has ended: %s', async (_, alive, result) => {
    const world = createSister({ alive });
    expect(await world.run(undefined, [])).toBe(result);
    expect(world.navs).toEqual([`SESSDATA=${idOf('A')}`]);
    expect(world.destroyed).toEqual([]);
  });

  it('is one that the visit itself brought', async () => {
    const world = createSister({
      alive: ['B'],
      visit: (site) => {
        site.jar = [...site.jar, ...logIn('B', hidden)];
        return reply();
      },
    });
    expect(await world.run()).toBe('other-session');
    expect(world.destroyed).toEqual([]);
  });

  it('is not taken for the dead one that it replaced while the server was asked', async () => {
    const world = createSister({
      cookies: another,
      alive: ['C'],
      meanwhile: (browser) => {
        browser.jar = [...others, ...logIn('C', shape)];
      },
    });
    await world.run();
    expect(world.destroyed).toEqual([]);
    expect(world.jar).toEqual(expect.arrayContaining(logIn('C', shape)));
  });
});

it('a jar that cannot be read is for the caller', async () => {
  const needs = {
    jar: {
      isAmbient: true,
      list: () => Promise.reject(new Error('broken')),
      remove: async () => undefined,
    },
    server: { nav: async () => navDead },
    isAllowed: async () => true,
    visit: async () => reply(),
  };
  await expect(logOutOfSisterSite(needs, undefined, [])).rejects.toThrow('broken');
});
