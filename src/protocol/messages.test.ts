import { describe, expect, it, vi } from 'vitest';
import { createClient, createDispatcher, type Handlers, type Request } from './messages.ts';

const logOut = { type: 'log-out', storeId: '0', mode: 'server' } as const;
const everywhere = {
  type: 'log-out-everywhere',
  storeIds: ['0', 'firefox-container-1'],
} satisfies Request;
const getProfile = { type: 'get-profile', storeId: '0', session: 'print' } as const;
const markSeen = { type: 'mark-seen', storeId: '0' } as const;
const callOff = { type: 'call-off', storeId: '0' } as const;
const markTold = { type: 'mark-told', storeId: '0' } as const;

const handlersWith = (parts: Partial<Handlers> = {}) => ({
  'log-out': vi.fn(parts['log-out'] ?? (async () => null)),
  'log-out-everywhere': vi.fn(parts['log-out-everywhere'] ?? (async () => null)),
  'get-profile': vi.fn(parts['get-profile'] ?? (async () => ({ liveness: 'dead' as const }))),
  'mark-seen': vi.fn(parts['mark-seen'] ?? (async () => true)),
  'call-off': vi.fn(parts['call-off'] ?? (async () => null)),
  'mark-told': vi.fn(parts['mark-told'] ?? (async () => null)),
});

describe('the worker answers with exactly one response', () => {
  it.each<[Request, unknown]>([
    [logOut, null],
    [{ ...logOut, mode: 'local' }, null],
    [getProfile, { liveness: 'dead' }],
    [markSeen, true],
    [everywhere, null],
    [callOff, null],
    [markTold, null],
  ])('a request of ours: %j', async (request, value) => {
    const handlers = handlersWith();
    expect(await createDispatcher(handlers)(request, true)).toEqual({ ok: true, value });
    for (const [type, handler] of Object.entries(handlers)) {
      expect(handler.mock.calls).toEqual(type === request.type ? [[request]] : []);
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'log-out'],
    ['a list', [logOut]],
    ['an empty object', {}],
    ['an unknown type', { ...logOut, type: 'delete-all' }],
    ['a type of every object', { ...logOut, type: 'constructor' }],
    ['a type that is none', { ...logOut, type: ['log-out'] }],
    ['an extra key', { ...logOut, force: true }],
    ['the key of another request', { ...getProfile, mode: 'server' }],
    ['no store', { type: 'get-profile', session: 'print' }],
    ['no session', { type: 'get-profile', storeId: '0' }],
    ['an empty store', { ...getProfile, storeId: '' }],
    ['a store with a long name', { ...getProfile, storeId: 'x'.repeat(65) }],
    ['a store that is none', { ...getProfile, storeId: 0 }],
    ['no mode', { type: 'log-out', storeId: '0' }],
    ['an unknown mode', { ...logOut, mode: 'everywhere' }],
    ['no stores', { ...everywhere, storeIds: [] }],
    ['too many stores', { ...everywhere, storeIds: Array(1001).fill('0') }],
    ['stores that are none', { ...everywhere, storeIds: '0' }],
    ['a store among them that is none', { ...everywhere, storeIds: ['0', ''] }],
    ['no store to mark', { type: 'mark-seen' }],
    ['no store to call off', { type: 'call-off' }],
    ['a store to call off that is none', { ...callOff, storeId: 0 }],
    ['no store that was told of', { type: 'mark-told' }],
  ])('a message that is none of ours: %s', async (_, message) => {
    const handlers = handlersWith();
    const response = { ok: false, refusal: 'not-understood' };
    expect(await createDispatcher(handlers)(message, true)).toEqual(response);
    for (const handler of Object.values(handlers)) expect(handler).not.toHaveBeenCalled();
  });

  it.each([logOut, getProfile, markSeen, callOff, null, { type: 'unknown' }])(
    'a foreign sender, whatever it says: %j',
    async (message) => {
      const handlers = handlersWith();
      const response = { ok: false, refusal: 'not-allowed' };
      expect(await createDispatcher(handlers)(message, false)).toEqual(response);
      for (const handler of Object.values(handlers)) expect(handler).not.toHaveBeenCalled();
    },
  );

  it.each<[string, Handlers['log-out']]>([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
  ])('a handler that %s, without saying why', async (_, handler) => {
    const dispatch = createDispatcher(handlersWith({ 'log-out': handler }));
    expect(await dispatch(logOut, true)).toStrictEqual({ ok: false, refusal: 'failed' });
  });
});

describe('a page is answered, and never with a rejection', () => {
  it.each<[string, unknown]>([
    ['a value', { ok: true, value: { liveness: 'alive', profile: { name: 'A' } } }],
    ['a refusal', { ok: false, refusal: 'not-allowed' }],
  ])('%s', async (_, response) => {
    expect(await createClient(async () => response)(getProfile)).toEqual(response);
  });

  const failed = { ok: false, refusal: 'failed' };
  it.each<[string, unknown]>([
    ['nobody answers', undefined],
    ['null', null],
    ['something else', 'yes'],
    ['an object of another kind', { value: null }],
  ])('%s', async (_, response) => {
    expect(await createClient(async () => response)(getProfile)).toEqual(failed);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['rejects', () => Promise.reject(new Error('no receiver'))],
    [
      'throws',
      () => {
        throw new Error('no runtime');
      },
    ],
  ])('where sending %s', async (_, send) => {
    expect(await createClient(send)(logOut)).toEqual(failed);
  });

  it('by the worker’s own dispatcher', async () => {
    const dispatch = createDispatcher(handlersWith());
    const ask = createClient(async (message) =>
      dispatch(JSON.parse(JSON.stringify(message)), true),
    );
    expect(await ask(getProfile)).toEqual({ ok: true, value: { liveness: 'dead' } });
    expect(await ask(logOut)).toEqual({ ok: true, value: null });
  });
});
