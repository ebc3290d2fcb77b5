import * as v from 'valibot';
import type { UnexpectedReason } from './outcome.ts';

/** What became of one request. Made by the platform, judged here. */
export type Answer =
  | Reply
  /** The server sent the request elsewhere. Never followed: cookies go to no other address. */
  | { readonly kind: 'redirect' }
  /** No connection, or it broke before the whole reply was there. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'timeout' }
  /** The browser would not send the request as it has to be sent. */
  | { readonly kind: 'unsent' };

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  /** The `Content-Type` header, or ''. */
  readonly contentType: string;
  /** The `Retry-After` header as sent. */
  readonly retryAfter: string | undefined;
  readonly body: string;
  /** False when the body was longer than the cap and `body` holds its beginning. */
  readonly complete: boolean;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What a reply says of itself: its HTTP status, and the `code` of its JSON. */
export interface ReplyDetail {
  readonly status?: number | undefined;
  readonly code?: number | undefined;
}

/** What the exit endpoint's answer means. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly redirectUrl: string | undefined }
  /** Code −101: the server saw no live session, if it looked at all. */
  | { readonly kind: 'not-logged-in'; readonly detail: ReplyDetail }
  /**
   * A web page, or a redirect. The log-in page comes where the session is dead; a captcha or a
   * maintenance page may come to anybody.
   */
  | { readonly kind: 'web-page'; readonly detail: ReplyDetail }
  | { readonly kind: 'csrf-rejected'; readonly detail: ReplyDetail }
  | { readonly kind: 'lost' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'blocked'; readonly detail: ReplyDetail }
  | {
      readonly kind: 'rate-limited';
      readonly detail: ReplyDetail;
      readonly retryAfterSeconds: number | undefined;
    }
  | { readonly kind: 'server-error'; readonly detail: ReplyDetail }
  | {
      readonly kind: 'unexpected-reply';
      readonly reason: UnexpectedReason;
      readonly detail: ReplyDetail;
    };

/** The yes. A `status` may be missing, but not be anything other than true. */
const acceptedSchema = v.object({ code: v.literal(0), status: v.optional(v.literal(true)) });

/** The address that the site visits after a log-out; only a later step depends on it. */
const redirectSchema = v.object({ data: v.object({ redirectUrl: v.string() }) });

const refusedSchema = v.object({ code: v.pipe(v.number(), v.integer()) });

// Sources of the codes: SocialSisterYi/bilibili-API-collect, docs/login/exit.md and docs/misc/errcode.md.
const notLoggedInCode = -101;
const csrfCodes: readonly number[] = [2202, -2202];
const riskControlCodes: readonly number[] = [-412, -352, -351];
/** 412 is risk control's status; 403 is how a foreign Origin is refused. */
const blockedStatuses: readonly number[] = [403, 412];
/** What risk control's page says, in its two languages, whatever status it comes with. */
const riskControlText = /安全风控策略|security control policy/i;

/** Judges the exit endpoint's answer. Only a JSON reply of HTTP 200 with the number 0 is a yes. */
export function judgeExit(answer: Answer): Verdict {
  switch (answer.kind) {
    case 'redirect':
      return { kind: 'web-page', detail: {} };
    case 'lost':
    case 'timeout':
      return { kind: answer.kind };
    case 'unsent':
      return { kind: 'unexpected-reply', reason: 'not-sent', detail: {} };
    case 'reply':
      return judgeReply(answer);
  }
}

function judgeReply(reply: Reply): Verdict {
  const { status } = reply;
  const isRefusal = isHtml(reply) && riskControlText.test(reply.body);
  if (isRefusal || blockedStatuses.includes(status)) return { kind: 'blocked', detail: { status } };
  if (status === 429) {
    const retryAfterSeconds = secondsUntilRetry(reply);
    return { kind: 'rate-limited', detail: { status }, retryAfterSeconds };
  }
  if (status >= 500) return { kind: 'server-error', detail: { status } };
  if (status === 200 && isHtml(reply)) return { kind: 'web-page', detail: { status } };

  const json = parseJson(reply);
  const refused = v.safeParse(refusedSchema, json);
  if (!refused.success) return notUnderstood({ status });
  const { code } = refused.output;
  const detail = { status, ...refused.output };
  if (code === notLoggedInCode) return { kind: 'not-logged-in', detail };
  if (csrfCodes.includes(code)) return { kind: 'csrf-rejected', detail };
  if (riskControlCodes.includes(code)) return { kind: 'blocked', detail };
  if (status !== 200 || !v.is(acceptedSchema, json)) return notUnderstood(detail);

  const redirect = v.safeParse(redirectSchema, json);
  return {
    kind: 'accepted',
    redirectUrl: redirect.success ? redirect.output.data.redirectUrl : undefined,
  };
}

function notUnderstood(detail: ReplyDetail): Verdict {
  return { kind: 'unexpected-reply', reason: 'not-understood', detail };
}

/** Whether a session still answers on the server. Only an explicit word makes it dead. */
export type Liveness = 'alive' | 'dead' | 'unclear';

/** What the nav address says of the session whose cookies were attached. */
export interface NavVerdict {
  readonly liveness: Liveness;
  readonly profile?: Profile;
}

/** How the site shows an account. Both come from the server and are shown as text and image only. */
export interface Profile {
  readonly name: string;
  readonly avatarUrl?: string;
}

const aliveSchema = v.object({ code: v.literal(0), data: v.object({ isLogin: v.literal(true) }) });
const deadByCodeSchema = v.object({
  code: v.literal(notLoggedInCode),
  data: v.optional(v.nullable(v.object({ isLogin: v.optional(v.literal(false)) }))),
});
const deadByFlagSchema = v.object({
  code: v.literal(0),
  data: v.object({ isLogin: v.literal(false) }),
});
/** Something to see: a name of spaces, joiners and fillers alone would show as nothing. */
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
const profileSchema = v.object({
  data: v.object({ uname: v.pipe(v.string(), v.maxLength(64), v.regex(visible)) }),
});
/** Avatars come from Bilibili's image hosts; any other address is not loaded. */
const avatarSchema = v.object({
  data: v.object({
    face: v.pipe(v.string(), v.regex(/^https:\/\/[a-z0-9-]+\.hdslb\.com\/[^\s]*$/)),
  }),
});

/** Judges the nav address' answer to a request with the cookies of one session attached. */
export function judgeNav(answer: Answer): NavVerdict {
  if (answer.kind !== 'reply' || answer.status !== 200) return { liveness: 'unclear' };
  const json = parseJson(answer);
  if (v.is(deadByCodeSchema, json) || v.is(deadByFlagSchema, json)) return { liveness: 'dead' };
  if (!v.is(aliveSchema, json)) return { liveness: 'unclear' };
  const profile = v.safeParse(profileSchema, json);
  if (!profile.success) return { liveness: 'alive' };
  const avatar = v.safeParse(avatarSchema, json);
  return {
    liveness: 'alive',
    profile: {
      name: profile.output.data.uname,
      ...(avatar.success && { avatarUrl: avatar.output.data.face }),
    },
  };
}

function isHtml(reply: Reply): boolean {
  return /^\s*text\/html\b/i.test(reply.contentType);
}

function parseJson(reply: Reply): unknown {
  if (!reply.complete || !/^\s*application\/json\s*(;|$)/i.test(reply.contentType))
    return undefined;
  try {
    return JSON.parse(reply.body);
  } catch {
    return undefined;
  }
}

/** `Retry-After` in whole seconds from now; the header holds seconds or a date (RFC 9110, 10.2.3). */
function secondsUntilRetry(reply: Reply): number | undefined {
  const value = reply.retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  // RFC 9110, 5.6.7; `Date.parse` alone would find dates in almost anything.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value))
    return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - reply.receivedAt) / 1000));
}
