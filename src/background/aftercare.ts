import { type AftercareResult, type AftercareTask, aftercareTasks } from '../core/aftercare.ts';
import type { Result } from '../core/log-out.ts';
import { type GoodKind, goodKinds, type Outcome } from '../core/outcome.ts';
import type { Settings } from '../settings/settings.ts';

interface Parts {
  readSettings(): Promise<Settings>;
  switchOff(task: AftercareTask): Promise<void>;
  /** Whether a person allows a task what it needs; it can be withdrawn at any time. */
  isAllowed(task: AftercareTask): Promise<boolean>;
  readonly tasks: {
    readonly [T in AftercareTask]: (storeId: string, result: Result) => Promise<AftercareResult>;
  };
}

/**
 * The endings that a task follows. Biligame shares the session: it is cleared only after the server
 * has said that this session has ended.
 */
const endings: Record<AftercareTask, readonly GoodKind[]> = {
  biligame: ['logged-out', 'session-expired'],
  siteData: goodKinds,
};

/** What follows a good log-out: each task that is switched on, and allowed what it needs. */
export function createAftercare({ readSettings, switchOff, isAllowed, tasks }: Parts) {
  return {
    async planned({ kind }: Outcome): Promise<AftercareTask[]> {
      const switchedOn = await readSettings();
      const planned: AftercareTask[] = [];
      for (const task of aftercareTasks) {
        const follows = (endings[task] as readonly string[]).includes(kind);
        if (follows && switchedOn[task] && (await isAllowed(task))) planned.push(task);
      }
      return planned;
    },
    run: (task: AftercareTask, storeId: string, result: Result): Promise<AftercareResult> =>
      tasks[task](storeId, result),

    /** Switches off what is no longer allowed, so that it does not come back on with a permission. */
    async switchOffForbidden(): Promise<void> {
      const settings = await readSettings();
      for (const task of aftercareTasks) {
        if (settings[task] && !(await isAllowed(task))) await switchOff(task);
      }
    },
  };
}
