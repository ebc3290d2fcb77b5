import type { Runtime } from 'webextension-polyfill';
import { browser } from './browser.ts';

/** Sends a message to the worker. @throws (rejects) when nobody answers. */
export function send(message: unknown): Promise<unknown> {
  return browser.runtime.sendMessage(message);
}

/**
 * Answers messages. A page of ours is told by its address: a content script or a foreign page has
 * another one.
 */
export function onMessage(
  answer: (message: unknown, fromOwnPage: boolean) => Promise<unknown>,
): void {
  // Not by a returned promise, which Chromium understands from 148 on.
  browser.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    void answer(message, isOwnPage(sender)).then(respond);
    return true;
  });
}

function isOwnPage(sender: Runtime.MessageSender): boolean {
  return sender.id === browser.runtime.id && !!sender.url?.startsWith(browser.runtime.getURL(''));
}

/** Opens the page with the settings. */
export function openOptions(): Promise<void> {
  return browser.runtime.openOptionsPage();
}

/** Accepts the connections of `watchWorker`; without a listener they would fail at once. */
export function acceptConnections(): void {
  browser.runtime.onConnect.addListener(() => undefined);
}

/** How long after the worker's death it is woken, in milliseconds. */
const wakeDelay = 250;

/**
 * Keeps the worker going: connecting wakes it, and a connection that breaks tells of its death.
 * @returns a function that ends the watch.
 */
export function watchWorker(): () => void {
  let port: Runtime.Port;
  let timer: ReturnType<typeof setTimeout>;
  const connect = () => {
    port = browser.runtime.connect({ name: 'watch' });
    port.onDisconnect.addListener(() => {
      timer = setTimeout(connect, wakeDelay);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    port.disconnect();
  };
}
