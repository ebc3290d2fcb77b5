import { type Cookie, namesIn, shapeOf } from './cookie.ts';
import type { KnownSession, Work } from './work.ts';

/** How often what is left is removed, where something sets it again and again. */
const roundLimit = 10;

/** What is in the jar when all is removed that may go. */
interface Cleared {
  /** The sessions that stay: the log-out was not about them, or they could not be ended. */
  readonly kept: readonly KnownSession[];
  /** Ended sessions whose ids the browser would not remove. */
  readonly dead: readonly KnownSession[];
  /** The account cookies that stay. */
  readonly leftInJar: readonly Cookie[];
}

/**
 * Step two: removes what is left of the sessions that are over, in whatever shape, until reading
 * the jar again shows nothing more of them. Cookies of a session that stays are not touched.
 * @param isAll whether all sessions that were meant are over: then what belongs to no session goes too.
 */
export async function clear(work: Work, isAll: boolean): Promise<Cleared> {
  const { order } = work;
  const isOver = (session: KnownSession) =>
    order.mode === 'local' ? order.sessions.includes(session.fingerprint) : work.hasEnded(session);
  const overShapes = new Set([...work.endedSessions.values()].flatMap(({ shapes }) => [...shapes]));
  const tried = new Set<string>();
  let rounds = 0;
  work.note({ step: 'clear' });
  for (;;) {
    const jar = await work.list();
    const sessions = await work.recognise(jar);
    const kept = sessions.filter((session) => !isOver(session));
    const over = sessions.filter(isOver);
    for (const { shapes } of over) for (const shape of shapes) overShapes.add(shape);
    const keptShapes = new Set(kept.flatMap(({ shapes }) => [...shapes]));
    const mayGo = jar.filter(
      (cookie) =>
        !keptShapes.has(shapeOf(cookie)) &&
        (overShapes.has(shapeOf(cookie)) || (isAll && kept.length === 0)),
    );
    const going = mayGo.filter((cookie) => !tried.has(keyOf(cookie)));

    if (going.length === 0 || rounds === roundLimit) {
      const dead = order.mode === 'local' ? [] : over;
      const stays = order.mode === 'local' ? sessions : kept;
      return { kept: stays, dead, leftInJar: jar };
    }
    const left = [...new Set([...work.progress.left, ...namesIn(going)])];
    if (left.length > work.progress.left.length) work.note({ left });
    // Written down before it is done. That takes time, and a log-in may come meanwhile: read anew.
    if (await work.save()) continue;
    rounds += 1;
    for (const cookie of going) tried.add(keyOf(cookie));
    // What a removal says counts for nothing, an error included: the jar is read again.
    await Promise.all(going.map((cookie) => work.jar.remove(cookie).catch(() => undefined)));
  }
}

function keyOf(cookie: Cookie): string {
  return `${cookie.name}=${cookie.value} ${shapeOf(cookie)}`;
}
