import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { accountCookieNames, type Cookie, shapeOf } from '../core/cookie.ts';
import { logOut } from '../core/log-out.ts';
import { isGood, type Outcome } from '../core/outcome.ts';
import type { Answer } from '../core/reply.ts';
import { sessionsIn } from '../core/session.ts';
import { cookie, inFront, logIn, without, www } from '../core/testing/cookies.ts';
import { cases, mostly } from '../core/testing/fuzz.ts';
import { objectIn, saysAlive, saysDead, saysYes } from '../core/testing/replies.ts';
import { createWire, damages } from '../core/testing/wire.ts';
import { createWorld, orderIn } from '../core/testing/world.ts';
import { createServer } from './server.ts';
import type { RequestRule, SessionRules } from './session-rules.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

const worlds = fc.record({
  cookies: fc.constantFrom(
    logIn('A'),
    logIn('A'),
    logIn('A', www),
    without(logIn('A'), 'bili_jct'),
    [...logIn('A'), ...logIn('B', www)],
    [...logIn('A'), ...logIn('B', inFront), cookie('DedeUserID', 'stray', { path: '/x' })],
    [cookie('DedeUserID', 'stray')],
    [],
  ),
  alive: fc.constantFrom(['A', 'B'], ['A', 'B'], ['A'], ['B'], []),
  isAmbient: mostly(fc.constant(true), fc.constant(false)),
  sendsCookies: mostly(fc.constant(true), fc.constant(false)),
  deletesCookies: fc.boolean(),
});

const idsIn = (jar: readonly Cookie[]) => sessionsIn(jar).map(({ id }) => id);

/** Whether one of these answers of the exit endpoint is a reason to tell this. */
function isReasonFor(outcome: Outcome, answer: Answer): boolean {
  const { kind } = answer;
  const status = kind === 'reply' ? answer.status : 0;
  const code = objectIn(answer)?.['code'];
  const isHtml = kind === 'reply' && /html/i.test(answer.contentType);
  if ('detail' in outcome) {
    const told = outcome.detail;
    if (told.status !== undefined && told.status !== status) return false;
    if (told.code !== undefined && told.code !== code) return false;
  }
  switch (outcome.kind) {
    case 'logged-out':
      return saysYes(answer);
    case 'offline':
      return kind === 'lost';
    case 'timeout':
      return kind === 'timeout';
    case 'csrf-rejected':
      return code === 2202 || code === -2202;
    case 'blocked':
      return [403, 412].includes(status) || [-412, -352, -351].includes(code as number);
    case 'rate-limited':
      return status === 429;
    case 'server-error':
      return status >= 500;
    case 'unexpected-reply':
      if (outcome.reason === 'web-page') return kind === 'redirect' || isHtml;
      if (outcome.reason === 'not-sent') return kind === 'unsent';
      if (outcome.reason === 'not-understood') return kind === 'reply' && !saysYes(answer);
      return ['still-alive', 'unclear'].includes(outcome.reason) && code === -101;
    default:
      return false;
  }
}

it('whatever becomes of the replies, what is told is true, and no living session’s id is deleted', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, damages, async (options, planned) => {
      const world = createWorld(options);
      const wire = createWire(world, planned);
      const inForce = new Map<string, RequestRule>();
      const rules: SessionRules = {
        during(rule, run) {
          inForce.set(rule.url, rule);
          return run();
        },
      };
      vi.spyOn(AbortSignal, 'timeout').mockImplementation(wire.timeout);
      vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
        const { requestHeaders = {}, receipt } = inForce.get(url) ?? {};
        return wire.fetch(url, init, { cookie: requestHeaders['cookie'], receipt });
      });
      const order = await orderIn(world);
      const needs = { ...world.needs, server: createServer(rules) };
      const { outcome, kept, prove } = await logOut(needs, order);
      const untilEnd = [...wire.told];
      const revocation = await prove?.();

      // What is not over may be alive. An edit may by chance make a yes of something else: that the
      // server has said, as far as anybody can tell.
      const before = sessionsIn(options.cookies);
      const isOver = (session: string) =>
        untilEnd.some(
          ({ by, id, answer, isAboutIdAlone }) =>
            id === session &&
            // Beside another account's number a server may call a living session dead.
            (by === 'exit' ? saysYes(answer) : isAboutIdAlone && saysDead(answer)),
        );
      const open = before.filter(({ id }) => !isOver(id));
      expect(world.destroyed.filter((id) => !isOver(id))).toEqual([]);
      const places = new Set(open.flatMap(({ shapes }) => [...shapes]));
      expect(world.removed.filter((one) => places.has(shapeOf(one)))).toEqual([]);
      const stay = open.filter(({ id }) => idsIn(world.jar).includes(id));
      // What belongs to nobody stays with them.
      const over = before.filter(({ id }) => isOver(id)).flatMap(({ shapes }) => [...shapes]);
      if (stay.length > 0)
        expect(world.removed.filter((one) => !over.includes(shapeOf(one)))).toEqual([]);
      const prints = await Promise.all(stay.map(({ id }) => needs.fingerprint(id)));
      expect(kept).toEqual(expect.arrayContaining(prints));

      const answers = untilEnd.filter(({ by }) => by === 'exit').map(({ answer }) => answer);
      const navs = (id: string) => wire.told.filter((one) => one.by === 'nav' && one.id === id);
      const isTrue: Partial<Record<string, boolean>> = {
        'already-logged-out': before.length === 0,
        'session-expired': before.length > 0,
        'no-csrf-token': before.some(({ token }) => token === undefined),
        'session-gone': stay.length < open.length,
        'cookies-remain': world.jar.length > 0,
      };
      const name = 'reason' in outcome ? outcome.reason : outcome.kind;
      expect(
        isTrue[name] ?? isTrue[outcome.kind] ?? answers.some((one) => isReasonFor(outcome, one)),
      ).toBe(true);
      if (isGood(outcome)) expect(open).toEqual([]);
      if (name === 'still-alive')
        expect(before.some(({ id }) => navs(id).some(({ answer }) => saysAlive(answer)))).toBe(
          true,
        );
      const { othersEnded = false, sessionEnded = false } = outcome as Record<string, unknown>;
      if (othersEnded || sessionEnded) expect(open.length).toBeLessThan(before.length);
      for (const cookieName of accountCookieNames) {
        const isIn = (jar: readonly Cookie[]) => jar.some((one) => one.name === cookieName);
        const fate = (outcome as { cookies?: Record<string, string> }).cookies?.[cookieName];
        if (isIn(world.jar)) expect(fate).toBe('remaining');
        else if (isIn(options.cookies)) expect(fate).not.toBe('remaining');
        else expect(fate).toBe('absent');
      }

      const accepted = untilEnd.filter((one) => one.by === 'exit' && saysYes(one.answer));
      const count = (id: string, says: (answer: Answer) => boolean) =>
        navs(id).filter(({ answer }) => says(answer)).length;
      if (revocation === 'proven') {
        const ids = accepted
          .map(({ id }) => id)
          .filter((id) => idsIn(options.cookies).includes(id));
        expect(ids.filter((id) => count(id, saysDead) === 0)).toEqual([]);
      }
      if (revocation === 'still-alive')
        expect(accepted.some(({ id }) => count(id, saysAlive) > 1)).toBe(true);
      expect(wire.told.length).toBeLessThan(40);
    }),
    cases(500),
  );
});
