import { beforeEach, expect, it, vi } from 'vitest';
import { createEvent } from './testing/event.ts';

interface Window {
  readonly id: number;
  readonly incognito: boolean;
}

async function setUp({ inIncognitoContext = false, hasWindows = true } = {}) {
  const [onStartup, onCreated] = [createEvent(), createEvent()];
  const open: Window[] = [];
  const windows = { onCreated, getAll: async () => open };
  const browser = {
    extension: { inIncognitoContext },
    runtime: { onStartup },
    ...(hasWindows && { windows }),
  };
  vi.doMock('./browser.ts', () => ({ browser }));
  const { onBrowserStart } = await import('./start.ts');
  const started = vi.fn();
  onBrowserStart(started);
  return {
    ...{ started, onStartup },
    openWindow: (window: Window) => {
      open.push(window);
      return onCreated.fire(window);
    },
  };
}

beforeEach(() => {
  vi.resetModules();
});

it.each([true, false])('the browser starts', async (hasWindows) => {
  const { started, onStartup } = await setUp({ hasWindows });
  await onStartup.fire();
  expect(started.mock.calls).toEqual([[]]);
});

it('it ran on without windows, and the first one is opened', async () => {
  const { started, openWindow } = await setUp();
  await openWindow({ id: 1, incognito: false });
  expect(started.mock.calls).toEqual([[]]);
  await openWindow({ id: 2, incognito: false });
  await openWindow({ id: 3, incognito: true });
  expect(started).toHaveBeenCalledTimes(1);
});

it('a window beside a private one, which Firefox lets us see, is no start', async () => {
  const { started, openWindow } = await setUp();
  await openWindow({ id: 1, incognito: true });
  await openWindow({ id: 2, incognito: false });
  expect(started).not.toHaveBeenCalled();
});

it('incognito has no start', async () => {
  const { started, onStartup, openWindow } = await setUp({ inIncognitoContext: true });
  await onStartup.fire();
  await openWindow({ id: 1, incognito: true });
  expect(started).not.toHaveBeenCalled();
});
