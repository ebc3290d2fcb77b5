import type { Cookie } from '../cookie.ts';
import { logOut, type Result, readAccount } from '../log-out.ts';
import type { Needs } from '../needs.ts';
import { beginning, type Mode, type Order, type Progress } from '../order.ts';
import type { Fate, Fates } from '../outcome.ts';
import type { Answer } from '../reply.ts';
import { csrfRejected, loginPage, navAlive, navDead, yes } from './answers.ts';
import { valuesOf } from './cookies.ts';

/** An answer instead of the fake server's own: given, made on the spot, or made from that one. */
export type Script = Answer | ((truth: () => Answer, world: World) => Answer | Promise<Answer>);

export interface WorldOptions {
  readonly cookies: readonly Cookie[];
  readonly isGranted?: boolean;
  readonly isAmbient?: boolean;
  /** False where the browser keeps the site's cookies from our requests although it should not. */
  readonly sendsCookies?: boolean;
  /** Whether the server expires the account cookies with its yes, as the real one does. */
  readonly deletesCookies?: boolean;
  /** Whether the server compares the token with the session's. */
  readonly checksToken?: boolean;
  /** Whether the server takes a session with another account's number for a dead one. */
  readonly checksAccount?: boolean;
  /** The letters of the log-ins that the server knows as alive. */
  readonly alive?: readonly string[];
  /** Answers in place of the first ones that the server would give. */
  readonly exit?: readonly Script[];
  readonly nav?: readonly Script[];
  readonly unremovable?: (cookie: Cookie) => boolean;
  /** Happens between any two things that a log-out does. */
  readonly meanwhile?: (world: World) => void;
}

/** What the server said of the session that it was presented with. */
export interface Said {
  readonly by: 'exit' | 'nav';
  readonly id: string;
  readonly answer: Answer;
}

export interface World {
  /** What the worker that lives now needs. */
  readonly needs: Needs;
  /** The jar as it is now. */
  jar: Cookie[];
  /** Without access, or without its store, a jar looks empty. */
  isGranted: boolean;
  exists: boolean;
  /** Which cookies are seen: all of them, as long as access is granted. */
  shows: (cookie: Cookie) => boolean;
  /** The ids of live sessions. */
  readonly alive: Set<string>;
  readonly exits: { readonly token: string; readonly cookieHeader: string | undefined }[];
  readonly navs: string[];
  readonly said: Said[];
  readonly removed: Cookie[];
  /** Session ids that were removed by us while their session was alive. */
  readonly destroyed: string[];
  readonly reports: Progress[];
  readonly waits: number[];
  /** Everything that happened, in order. */
  readonly events: string[];
  /** A page sets cookies: those of a new log-in, say. */
  set(...cookies: Cookie[]): void;
  /** Somebody logs in: the cookies come, and the server knows them. */
  logIn(letter: string, cookies: readonly Cookie[]): void;
  /** The browser stops the worker: nothing that it has begun goes on. */
  stop(): void;
  /** Resolves when the worker that lives now is stopped. */
  stopped(): Promise<void>;
  /** Whether somebody still follows the jar. */
  isFollowed(): boolean;
}

/** A browser with a jar, and a server that knows sessions. */
export function createWorld(options: WorldOptions): World {
  const { isAmbient = true, sendsCookies = true, deletesCookies = true } = options;
  const { checksToken = true, checksAccount = true, unremovable = () => false } = options;
  const followers = new Set<Cookie[]>();
  const exitScripts = [...(options.exit ?? [])];
  const navScripts = [...(options.nav ?? [])];
  const events: string[] = [];
  let life = 0;
  let tellStopped: () => void = () => undefined;

  const isAlive = (header: string): boolean => {
    const id = valueIn(header, 'SESSDATA');
    const uid = valueIn(header, 'DedeUserID');
    const isOther = checksAccount && uid !== '' && uid !== `uid-${letterOf(id)}`;
    return world.alive.has(id) && !isOther;
  };
  const exitTruth = (token: string, header: string, isAttached: boolean): Answer => {
    if (!isAlive(header)) return loginPage;
    const id = valueIn(header, 'SESSDATA');
    if (checksToken && token !== `token-${letterOf(id)}`) return csrfRejected;
    world.alive.delete(id);
    // A request without credentials leaves the jar alone, whatever its reply says.
    if (deletesCookies && !isAttached) world.jar = world.jar.filter((one) => !expires(one));
    return yes;
  };
  const say = async (by: Said['by'], header: string, scripts: Script[], truth: () => Answer) => {
    const id = valueIn(header, 'SESSDATA');
    const script = scripts.shift() ?? truth;
    const answer = typeof script === 'function' ? await script(truth, world) : script;
    world.said.push({ by, id, answer });
    return answer;
  };

  const needsOf = (own: number): Needs => {
    const moment = async () => {
      if (own === life) options.meanwhile?.(world);
      // The promise of a worker that was stopped is never kept.
      if (own !== life) await new Promise(() => undefined);
    };
    /** One thing that a log-out does. The browser goes on before it, and after it. */
    const act = async <T>(event: string, effect: () => T | Promise<T>): Promise<T> => {
      await moment();
      events.push(event);
      const result = await effect();
      await moment();
      return result;
    };
    return {
      access: { isGranted: () => act('ask for access', () => world.isGranted) },
      jar: {
        isAmbient,
        list: () => act('list', visibleIn),
        remove: (cookie) => act(`remove ${cookie.name}`, () => remove(cookie)),
        exists: async () => world.exists,
        follow() {
          const set: Cookie[] = [];
          followers.add(set);
          return { cookiesSet: () => [...set], stop: () => void followers.delete(set) };
        },
      },
      fingerprint: async (id) => `print of ${id.replace(/%2C.*/, '')}`,
      server: {
        exit: async (token, cookieHeader, ready) => {
          await ready;
          return act('exit', () => {
            world.exits.push({ token, cookieHeader });
            const header = cookieHeader ?? (isAmbient && sendsCookies ? headerOf(world.jar) : '');
            const isAttached = cookieHeader !== undefined;
            return say('exit', header, exitScripts, () => exitTruth(token, header, isAttached));
          });
        },
        nav: (cookieHeader) =>
          act('nav', () => {
            world.navs.push(cookieHeader);
            const truth = () => (isAlive(cookieHeader) ? navAlive : navDead);
            return say('nav', cookieHeader, navScripts, truth);
          }),
      },
      wait: (milliseconds) => act('wait', () => void world.waits.push(milliseconds)),
      async report(progress) {
        // Slow enough to show who does not wait for it.
        for (let turn = 0; turn < 30; turn += 1) await undefined;
        await act(`report ${progress.step}`, () => void world.reports.push(progress));
      },
    };
  };
  const visibleIn = () => (world.exists ? world.jar.filter((one) => world.shows(one)) : []);
  const remove = (cookie: Cookie) => {
    world.removed.push(cookie);
    if (unremovable(cookie) || !visibleIn().some((found) => isSame(found, cookie))) return;
    // What stands there now, which may be another cookie than the one that was read.
    for (const { name, value } of world.jar.filter((found) => isSame(found, cookie))) {
      if (name === 'SESSDATA' && world.alive.has(value)) world.destroyed.push(value);
    }
    world.jar = world.jar.filter((found) => !isSame(found, cookie));
  };

  const world: World = {
    get needs() {
      return needsOf(life);
    },
    jar: [...options.cookies],
    isGranted: options.isGranted ?? true,
    exists: true,
    shows: () => world.isGranted,
    alive: new Set((options.alive ?? ['A']).map((letter) => valuesOf(letter).SESSDATA)),
    exits: [],
    navs: [],
    said: [],
    removed: [],
    destroyed: [],
    reports: [],
    waits: [],
    events,
    set(...cookies) {
      for (const cookie of cookies) {
        world.jar = [...world.jar.filter((found) => !isSame(found, cookie)), cookie];
        for (const follower of followers) follower.push(cookie);
      }
    },
    logIn(letter, cookies) {
      world.alive.add(valuesOf(letter).SESSDATA);
      world.set(...cookies);
    },
    stop() {
      life += 1;
      followers.clear();
      tellStopped();
    },
    stopped: () =>
      new Promise((resolve) => {
        tellStopped = resolve;
      }),
    isFollowed: () => followers.size > 0,
  };
  return world;
}

/** The same fate for each cookie. */
export function everyFate(fate: Fate): Fates {
  return { SESSDATA: fate, bili_jct: fate, DedeUserID: fate, DedeUserID__ckMd5: fate };
}

/** What a person asks for who presses the button now. */
export async function orderIn(world: World, mode: Mode = 'server'): Promise<Order> {
  const { jar, needs } = world;
  const looked = await readAccount({ list: async () => jar }, needs.fingerprint);
  return { mode, ...looked, progress: beginning };
}

/** A person presses the button. */
export async function press(world: World, mode: Mode = 'server'): Promise<Result> {
  return logOut(world.needs, await orderIn(world, mode));
}

/** The cookies that the browser would send to the exit endpoint; written apart from the core's. */
function headerOf(jar: readonly Cookie[]): string {
  return jar
    .filter(({ domain, path, partitionKey, firstPartyDomain }) => {
      const hosts = ['passport.bilibili.com', '.passport.bilibili.com', '.bilibili.com'];
      const paths = ['/', '/login', '/login/', '/login/exit', '/login/exit/', '/login/exit/v2'];
      return !partitionKey && !firstPartyDomain && hosts.includes(domain) && paths.includes(path);
    })
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

function valueIn(header: string, name: string): string {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(header)?.[1] ?? '';
}

function letterOf(id: string): string {
  return id.replace('id-', '').replace(/%2C.*/, '');
}

/** What the server's Set-Cookie headers reach. */
function expires({ name, domain, path, partitionKey, firstPartyDomain }: Cookie): boolean {
  return (
    /^(SESSDATA|bili_jct|DedeUserID)(__ckMd5)?$/.test(name) &&
    ['.bilibili.com', 'passport.bilibili.com'].includes(domain) &&
    path === '/' &&
    !partitionKey &&
    !firstPartyDomain
  );
}

function isSame(a: Cookie, b: Cookie): boolean {
  return (
    a.name === b.name &&
    a.domain === b.domain &&
    a.path === b.path &&
    a.partitionKey?.topLevelSite === b.partitionKey?.topLevelSite &&
    a.partitionKey?.hasCrossSiteAncestor === b.partitionKey?.hasCrossSiteAncestor &&
    a.firstPartyDomain === b.firstPartyDomain
  );
}
