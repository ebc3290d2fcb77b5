import { beforeEach, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

async function setUp({ hasIdle = true } = {}) {
  const onStateChanged = createEvent();
  const setDetectionInterval = vi.fn();
  const queryState = vi.fn(async (_seconds: number) => 'locked');
  const idle = { onStateChanged, setDetectionInterval, queryState };
  vi.doMock('./browser.ts', () => ({ browser: hasIdle ? { idle } : {} }));
  return { ...(await import('./idle.ts')), ...idle };
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
