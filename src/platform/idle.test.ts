import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

interface Given {
  readonly hasIdle?: boolean;
  readonly isFirefox?: boolean;
  readonly inIncognitoContext?: boolean;
  readonly isAllowedIncognito?: boolean;
}

async function setUp({
  hasIdle = true,
  isFirefox = false,
  inIncognitoContext = false,
  isAllowedIncognito = false,
}: Given = {}) {
  vi.stubEnv('MODE', isFirefox ? 'firefox' : 'chromium');
  const onStateChanged = createEvent();
  const setDetectionInterval = vi.fn();
  const queryState = vi.fn(async (_seconds: number) => 'locked');
  const idle = { onStateChanged, setDetectionInterval, queryState };
  const local = {
    set: vi.fn(async (_items: object) => undefined),
    remove: vi.fn(async (_key: string) => undefined),
    onChanged: createEvent(),
  };
  const browser = {
    extension: { inIncognitoContext, isAllowedIncognitoAccess: async () => isAllowedIncognito },
    storage: { local },
    ...(hasIdle && { idle }),
  };
  vi.doMock('./browser.ts', () => ({ browser }));
  return { ...(await import('./idle.ts')), ...idle, local };
}

beforeEach(() => {
  vi.resetModules();
});

it('a worker that was woken for it hears of it, before it knows whether that is wanted', async () => {
  const { onPresence, onStateChanged } = await setUp();
  const listener = vi.fn();
  onPresence(listener);
  await onStateChanged.fire('idle');
  expect(listener.mock.calls).toEqual([['idle']]);
});

it('where nobody wants it, it is not woken any more, until somebody does', async () => {
  const { onPresence, onStateChanged, setDetectionInterval } = await setUp();
  const listener = vi.fn();
  const follow = onPresence(listener);
  follow(false, null);
  await onStateChanged.fire('idle');
  expect(listener).not.toHaveBeenCalled();
  expect(setDetectionInterval).not.toHaveBeenCalled();
  follow(true, 5);
  follow(true, 5);
  await onStateChanged.fire('locked');
  expect(listener.mock.calls).toEqual([['locked']]);
  // Once for each worker and each change.
  expect(setDetectionInterval.mock.calls).toEqual([[300]]);
  follow(true, null);
  expect(setDetectionInterval.mock.calls).toEqual([[300], [14_400]]);
});

it('who is there is asked for the same time', async () => {
  const { readPresence, queryState } = await setUp();
  expect(await readPresence(5)).toBe('locked');
  expect(queryState.mock.calls).toEqual([[300]]);
});

it('a browser that cannot tell has somebody before it', async () => {
  const { onPresence, readPresence } = await setUp({ hasIdle: false });
  onPresence(() => undefined)(true, 5);
  expect(await readPresence(5)).toBe('active');
});

describe('Chromium tells its incognito windows nothing', () => {
  it('so the ordinary context passes on what it is told', async () => {
    const { onPresence, onStateChanged, local } = await setUp({ isAllowedIncognito: true });
    onPresence(() => undefined);
    await onStateChanged.fire('idle');
    await vi.waitFor(() => expect(local.remove.mock.calls).toEqual([['presence']]));
    expect(local.set.mock.calls).toEqual([[{ presence: 'idle' }]]);
    const [said, gone] = [local.set, local.remove].map((call) => call.mock.invocationCallOrder[0]);
    expect(said, 'nothing of it stays on disk').toBeLessThan(gone ?? 0);
  });

  it.each<Given>([
    { isAllowedIncognito: false },
    { isAllowedIncognito: true, isFirefox: true },
    { isAllowedIncognito: true, inIncognitoContext: true },
  ])('and stores nothing where nobody would hear it: %j', async (given) => {
    const { onPresence, onStateChanged, local } = await setUp(given);
    onPresence(() => undefined);
    await onStateChanged.fire('idle');
    await new Promise(setImmediate);
    expect(local.set).not.toHaveBeenCalled();
  });

  it.each([true, false])('and the incognito one hears it: %s', async (inIncognitoContext) => {
    const { onPresence, local } = await setUp({ inIncognitoContext });
    const listener = vi.fn();
    onPresence(listener);
    await local.onChanged.fire({ presence: { newValue: 'locked' } });
    await local.onChanged.fire({ presence: { oldValue: 'locked' } });
    await local.onChanged.fire({ rules: { newValue: {} } });
    expect(listener.mock.calls).toEqual(inIncognitoContext ? [['locked']] : []);
  });
});
