import type { Cookie } from '../cookie.ts';
import type { Needs, Progress } from '../log-out.ts';
import type { Answer } from '../reply.ts';
import { csrfRejected, loginPage, navAlive, navDead, yes } from './answers.ts';
import { valuesOf } from './cookies.ts';

/** An answer instead of the fake server's own: given, made on the spot, or made from that one. */
export type Script = Answer | ((truth: () => Answer) => Answer | Promise<Answer>);

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
  /** The letters of the log-ins that the server knows as alive. */
  readonly alive?: readonly string[];
  /** Answers in place of the first ones that the server would give. */
  readonly exit?: readonly Script[];
  readonly nav?: readonly Script[];
  readonly unremovable?: (cookie: Cookie) => boolean;
}

export interface World {
  readonly needs: Needs;
  /** The jar as it is now. */
  jar: Cookie[];
  /** The handles of live sessions. */
  readonly alive: Set<string>;
  readonly exits: { readonly token: string; readonly cookieHeader: string | undefined }[];
  readonly exitAnswers: Answer[];
  readonly navs: string[];
  readonly navAnswers: Answer[];
  readonly removed: Cookie[];
  /** Handles that were removed while their session was alive. */
  readonly destroyed: string[];
  readonly reports: Progress[];
  readonly waits: number[];
  /** Everything that happened, in order. */
  readonly events: string[];
}

/** A browser with a jar, and a server that knows sessions. */
export function createWorld(options: WorldOptions): World {
  const { isGranted = true, isAmbient = true, sendsCookies = true } = options;
  const { deletesCookies = true, checksToken = true, unremovable = () => false } = options;
  const exitScripts = [...(options.exit ?? [])];
  const navScripts = [...(options.nav ?? [])];
  const events: string[] = [];

  const exitTruth = (token: string, attached: string | undefined): Answer => {
    const fromJar = isAmbient && sendsCookies ? headerOf(world.jar) : '';
    const handle = valueIn(attached ?? fromJar, 'SESSDATA');
    if (!world.alive.has(handle)) return loginPage;
    if (checksToken && token !== handle.replace('handle-', 'token-').replace(/%2C.*/, '')) {
      return csrfRejected;
    }
    world.alive.delete(handle);
    // A request without credentials leaves the jar alone, whatever its reply says.
    if (deletesCookies && attached === undefined) {
      world.jar = world.jar.filter((cookie) => !expires(cookie));
    }
    return yes;
  };
  const navTruth = (cookieHeader: string): Answer =>
    world.alive.has(valueIn(cookieHeader, 'SESSDATA')) ? navAlive : navDead;

  const answered = async (scripts: Script[], truth: () => Answer) => {
    const script = scripts.shift() ?? truth;
    return typeof script === 'function' ? script(truth) : script;
  };

  const world: World = {
    jar: [...options.cookies],
    alive: new Set((options.alive ?? ['A']).map((letter) => valuesOf(letter).SESSDATA)),
    exits: [],
    exitAnswers: [],
    navs: [],
    navAnswers: [],
    removed: [],
    destroyed: [],
    reports: [],
    waits: [],
    events,
    needs: {
      access: {
        async isGranted() {
          events.push('ask for access');
          return isGranted;
        },
      },
      jar: {
        isAmbient,
        async list() {
          events.push('list');
          return [...world.jar];
        },
        async remove(cookie) {
          events.push(`remove ${cookie.name}`);
          world.removed.push(cookie);
          if (unremovable(cookie)) return;
          // What stands there now, which may be another cookie than the one that was read.
          for (const { name, value } of world.jar.filter((found) => isSame(found, cookie))) {
            if (name === 'SESSDATA' && world.alive.has(value)) world.destroyed.push(value);
          }
          world.jar = world.jar.filter((found) => !isSame(found, cookie));
        },
      },
      server: {
        async exit(token, cookieHeader) {
          events.push('exit');
          world.exits.push({ token, cookieHeader });
          const answer = await answered(exitScripts, () => exitTruth(token, cookieHeader));
          world.exitAnswers.push(answer);
          return answer;
        },
        async nav(cookieHeader) {
          events.push('nav');
          world.navs.push(cookieHeader);
          const answer = await answered(navScripts, () => navTruth(cookieHeader));
          world.navAnswers.push(answer);
          return answer;
        },
      },
      async wait(milliseconds) {
        events.push('wait');
        world.waits.push(milliseconds);
      },
      async report(progress) {
        // Slow enough to show who does not wait for it.
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`report ${progress.step}`);
        world.reports.push(progress);
      },
    },
  };
  return world;
}

/** The cookies that the browser would send to the exit endpoint; written apart from the core's. */
function headerOf(jar: readonly Cookie[]): string {
  return jar
    .filter(({ domain, path, partitionKey }) => {
      const hosts = ['passport.bilibili.com', '.passport.bilibili.com', '.bilibili.com'];
      const paths = ['/', '/login', '/login/', '/login/exit', '/login/exit/', '/login/exit/v2'];
      return !partitionKey && hosts.includes(domain) && paths.includes(path);
    })
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

function valueIn(header: string, name: string): string {
  return new RegExp(`(?:^|; )${name}=([^;]*)`).exec(header)?.[1] ?? '';
}

/** What the server's Set-Cookie headers reach. */
function expires({ name, domain, path, partitionKey }: Cookie): boolean {
  return (
    /^(SESSDATA|bili_jct|DedeUserID)(__ckMd5)?$/.test(name) &&
    ['.bilibili.com', 'passport.bilibili.com'].includes(domain) &&
    path === '/' &&
    !partitionKey
  );
}

function isSame(a: Cookie, b: Cookie): boolean {
  return (
    a.name === b.name &&
    a.domain === b.domain &&
    a.path === b.path &&
    a.partitionKey?.topLevelSite === b.partitionKey?.topLevelSite
  );
}
