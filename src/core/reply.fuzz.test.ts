import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { judgeExit, judgeNav } from './reply.ts';
import { cases } from './testing/fuzz.ts';
import { answers, objectIn, saysAlive, saysDead, saysYes } from './testing/replies.ts';

// A slow machine is no failure.
vi.setConfig({ testTimeout: 300_000 });

it('only a JSON reply of HTTP 200 with the number 0 is a yes, and all else is what it says', () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const verdict = judgeExit(answer);
      expect(verdict.kind === 'accepted').toBe(saysYes(answer));
      if (answer.kind !== 'reply') {
        expect(verdict).not.toHaveProperty('detail.status');
        return;
      }
      const { status, body } = answer;
      const { code, data } = objectIn(answer) ?? {};
      const isOneOf = (...codes: unknown[]) => codes.includes(code);
      const isRightly: Record<typeof verdict.kind, boolean> = {
        accepted: saysYes(answer),
        'not-logged-in': isOneOf(-101),
        'web-page': status === 200 && /html/i.test(answer.contentType),
        'csrf-rejected': isOneOf(2202, -2202),
        blocked:
          [403, 412].includes(status) || isOneOf(-412, -352, -351) || /风控|policy/i.test(body),
        'rate-limited': status === 429,
        'server-error': status >= 500,
        'unexpected-reply': true,
        ...{ lost: false, timeout: false },
      };
      expect(verdict.kind).toSatisfy((kind: typeof verdict.kind) => isRightly[kind]);
      if (verdict.kind === 'accepted') {
        const url = (data as { redirectUrl?: unknown } | null | undefined)?.redirectUrl;
        expect(verdict.redirectUrl).toBe(typeof url === 'string' ? url : undefined);
        return;
      }
      if (!('detail' in verdict)) throw new Error('A reply is told of in detail.');
      const { detail, kind, ...rest } = verdict;
      // Numbers only: nothing that a server says is repeated.
      expect(detail.status).toBe(status);
      expect([undefined, code]).toContain(detail.code);
      expect(Object.keys(detail).filter((key) => key !== 'status' && key !== 'code')).toEqual([]);
      const others = kind === 'unexpected-reply' ? 'not-understood' : undefined;
      const { retryAfterSeconds = 0, reason } = rest as Record<string, unknown>;
      expect(reason).toBe(others);
      expect(retryAfterSeconds).toSatisfy(Number.isInteger);
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(0);
    }),
    cases(1_500),
  );
});

it('only an explicit word of HTTP 200 makes a session dead, or alive; and its name can be seen', () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const { liveness, profile } = judgeNav(answer);
      expect(liveness === 'dead').toBe(saysDead(answer));
      expect(liveness === 'alive').toBe(saysAlive(answer));
      if (profile === undefined) return;
      expect(liveness).toBe('alive');
      expect(objectIn(answer)).toHaveProperty('data.uname', profile.name);
      expect(profile.name.trim()).not.toBe('');
      expect(profile.name.length).toBeLessThanOrEqual(64);
      if (profile.avatarUrl === undefined) return;
      const { protocol, hostname, port, username, password } = new URL(profile.avatarUrl);
      expect([protocol, port, username, password]).toEqual(['https:', '', '', '']);
      expect(hostname).toMatch(/^[^.]+\.hdslb\.com$/);
    }),
    cases(1_500),
  );
});
