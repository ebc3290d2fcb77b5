type Listener = (...details: unknown[]) => unknown;

/** An event of the browser, to be fired by a test. */
export function createEvent() {
  const listeners = new Set<Listener>();
  return {
    addListener: (listener: Listener) => void listeners.add(listener),
    removeListener: (listener: Listener) => void listeners.delete(listener),
    /** Calls the listeners and waits for them. */
    fire: (...details: unknown[]) =>
      Promise.all([...listeners].map((listener) => listener(...details))),
  };
}
