import { type FollowUp, type FollowUpResult, followUps } from '../core/follow-ups.ts';
import type { Result } from '../core/log-out.ts';
import { type GoodKind, goodKinds, type Outcome } from '../core/outcome.ts';
import type { Settings } from '../settings/settings.ts';

interface Parts {
  readSettings(): Promise<Settings>;
  switchOff(task: FollowUp): Promise<void>;
  /** Whether a person allows a task what it needs; it can be withdrawn at any time. */
  isAllowed(task: FollowUp): Promise<boolean>;
  readonly tasks: {
    readonly [T in FollowUp]: (storeId: string, result: Result) => Promise<FollowUpResult>;
  };
}

/**
 * The endings that a task follows. Biligame shares the session: it is cleared only after the server
 * has said that this session has ended.
 */
const endings: Record<FollowUp, readonly GoodKind[]> = {
  biligame: ['logged-out', 'session-expired'],
  siteData: goodKinds,
};

/** What follows a good log-out: each task that is switched on, and allowed what it needs. */
export function createFollowUps({ readSettings, switchOff, isAllowed, tasks }: Parts) {
  return {
    async switchedOn(): Promise<FollowUp[]> {
      const settings = await readSettings();
      const wanted = followUps.filter((task) => settings[task]);
      const allowed = await Promise.all(wanted.map(isAllowed));
      return wanted.filter((_, index) => allowed[index]);
    },
    after: ({ kind }: Outcome, tasks: readonly FollowUp[]): FollowUp[] =>
      tasks.filter((task) => (endings[task] as readonly string[]).includes(kind)),
    run: (task: FollowUp, storeId: string, result: Result): Promise<FollowUpResult> =>
      tasks[task](storeId, result),

    /** Switches off what is no longer allowed, so that it does not come back on with a permission. */
    async switchOffForbidden(): Promise<void> {
      const settings = await readSettings();
      for (const task of followUps) {
        if (settings[task] && !(await isAllowed(task))) await switchOff(task);
      }
    },
  };
}
