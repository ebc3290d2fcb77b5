import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** One log-in as the server remembers it. */
export interface Session {
  readonly uid: string;
  readonly uname: string;
  readonly sessdata: string;
  readonly biliJct: string;
  readonly ckMd5: string;
  /** Whether the server still accepts it; a test may set it. */
  alive: boolean;
}

/** What a test may choose about a session; the rest is random. */
export interface SessionOptions {
  readonly uid?: string | undefined;
  readonly uname?: string | undefined;
  readonly biliJct?: string | undefined;
}

/** The sessions the stand-in knows, dead ones included. */
export interface Sessions {
  add(session: Session): void;
  find(sessdata: string): Session | undefined;
  clear(): void;
}

const lifetimeSeconds = 180 * 24 * 60 * 60;

const hex = (length: number): string => randomBytes(length).toString('hex').slice(0, length);

const unixSeconds = (): number => Math.floor(Date.now() / 1000);

function randomSessdata(): string {
  const expires = unixSeconds() + lifetimeSeconds;
  const tail = randomBytes(48).toString('base64url');
  return `${hex(8)}%2C${expires}%2C${hex(5)}%2A${hex(2)}${tail}`;
}

/** A session that no server knows yet. */
export function createSession(options: SessionOptions = {}): Session {
  const uid = options.uid ?? String(randomInt(100_000_000, 1_000_000_000));
  return {
    uid,
    uname: options.uname ?? `user_${uid}`,
    sessdata: randomSessdata(),
    biliJct: options.biliJct ?? hex(32),
    ckMd5: hex(16),
    alive: true,
  };
}

/** The Set-Cookie lines of the four account cookies on `domain`. */
export function accountCookies(session: Session, domain: string): readonly string[] {
  const expires = new Date(Date.now() + lifetimeSeconds * 1000).toUTCString();
  const attributes = `Path=/; Domain=${domain}; Expires=${expires}`;
  return [
    `SESSDATA=${session.sessdata}; ${attributes}; HttpOnly; Secure`,
    `bili_jct=${session.biliJct}; ${attributes}`,
    `DedeUserID=${session.uid}; ${attributes}`,
    `DedeUserID__ckMd5=${session.ckMd5}; ${attributes}`,
  ];
}

/** The Set-Cookie lines of cookies that a logout has to leave alone. */
export function bystanderCookies(): readonly string[] {
  const expires = new Date(Date.now() + lifetimeSeconds * 1000).toUTCString();
  const attributes = `Path=/; Domain=.bilibili.com; Expires=${expires}`;
  const buvid3 = `${randomUUID().toUpperCase()}${randomInt(10_000, 100_000)}infoc`;
  return [
    `sid=${hex(8)}; ${attributes}`,
    `buvid3=${buvid3}; ${attributes}`,
    `b_nut=${unixSeconds()}; ${attributes}`,
  ];
}

/** An empty memory of sessions. */
export function createSessions(): Sessions {
  const bySessdata = new Map<string, Session>();
  return {
    add: (session) => void bySessdata.set(session.sessdata, session),
    find: (sessdata) => bySessdata.get(sessdata),
    clear: () => bySessdata.clear(),
  };
}
