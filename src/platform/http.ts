import type { Answer } from '../core/reply.ts';

/** More of a body than this is not read, in bytes. The replies that we judge are a few kilobytes. */
const bodyCap = 256 * 1024;

/**
 * Sends one request and reads its reply. Redirects are not followed.
 * @param timeout for the whole exchange, in milliseconds.
 * @param receipt a header that the reply must carry: proof that the browser sent the request as
 *   told (see `session-rules.ts`).
 * @returns what became of it; never rejects.
 */
export async function request(
  url: string,
  init: RequestInit,
  timeout: number,
  receipt?: { readonly name: string; readonly value: string },
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      ...init,
      cache: 'no-store',
      redirect: 'manual',
      signal,
    });
    if (response.type === 'opaqueredirect') return { kind: 'redirect' };
    if (receipt && response.headers.get(receipt.name) !== receipt.value) return { kind: 'unsent' };
    const { body, complete } = await readCapped(response);
    return {
      kind: 'reply',
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      retryAfter: response.headers.get('retry-after') ?? undefined,
      body,
      complete,
      receivedAt: Date.now(),
    };
  } catch {
    // Not by the error's name: Chromium 103 to 123 says `AbortError` here, not `TimeoutError`.
    return { kind: signal.aborted ? 'timeout' : 'lost' };
  }
}

async function readCapped(response: Response): Promise<{ body: string; complete: boolean }> {
  const reader = response.body?.getReader();
  if (!reader) return { body: '', complete: true };
  const decoder = new TextDecoder();
  let body = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { body: body + decoder.decode(), complete: true };
    size += value.byteLength;
    if (size > bodyCap) {
      await reader.cancel();
      return { body, complete: false };
    }
    body += decoder.decode(value, { stream: true });
  }
}

/** Whether there is a network, as far as the browser knows: it may err. */
export const isOnline = (): boolean => navigator.onLine;

/** Calls back when the network is back, where the browser tells a worker so, as long as that lives. */
export function onOnline(listener: () => void): void {
  addEventListener('online', () => listener());
}
