import type { Order } from './order.ts';
import type { LogOutRecord } from './record.ts';

// A browser may stop the worker at any moment. What is written down of a log-out is enough for the
// next worker to go on truthfully, by the same `logOut`.

/** What the next worker calls `logOut` with, for a log-out that has no outcome yet. */
export function orderOf({ mode, sessions, found, state }: LogOutRecord): Order {
  if (state.phase !== 'working') throw new Error('This log-out has ended.');
  return { mode, sessions, found, progress: state.progress };
}
