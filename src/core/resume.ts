import type { Order } from './order.ts';
import type { LogOutRecord } from './record.ts';

// A browser may stop the worker at any moment. What is written down of a log-out is enough for the
// next worker to go on truthfully, by the same `logOut`.

/**
 * What `logOut` is called with for a log-out that has no outcome yet: by the worker that began it,
 * and by the next one where that was stopped.
 */
export function orderOf({ mode, sessions, found, state }: LogOutRecord): Order {
  if (state.phase !== 'working') throw new Error('This log-out has ended.');
  return { mode, sessions, found, progress: state.progress };
}
