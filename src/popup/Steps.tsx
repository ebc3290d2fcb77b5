import { type Step, steps } from '../core/log-out.ts';
import type { LogOutRecord } from '../core/record.ts';
import type { PlainKey } from '../text/message.ts';
import { useTranslate } from './translate.ts';

const names: Record<Step, PlainKey> = {
  revoke: 'stepRevoke',
  clear: 'stepClear',
  prove: 'stepProve',
};

/** The steps that a person skips by clearing only this browser. */
const serverSteps: readonly Step[] = ['revoke', 'prove'];

type StepState = 'done' | 'now' | 'ahead' | 'skipped';

const states: Record<StepState, PlainKey> = {
  done: 'stateDone',
  now: 'stateNow',
  ahead: 'stateAhead',
  skipped: 'stateSkipped',
};

/** The three steps of a log-out under way. */
export function Steps({ record }: { record: LogOutRecord }) {
  const t = useTranslate();
  if (record.state.phase !== 'working') return null;
  const now = record.mode === 'local' ? 'clear' : record.state.progress.step;
  const current = steps.indexOf(now);
  const stateOf = (step: Step, index: number): StepState => {
    if (record.mode === 'local' && serverSteps.includes(step)) return 'skipped';
    if (index === current) return 'now';
    return index < current ? 'done' : 'ahead';
  };
  return (
    <>
      <p class="visually-hidden" role="status">
        {t(names[now])}
      </p>
      <ol class="steps" aria-label={t('stepsLabel')}>
        {steps.map((step, index) => {
          const state = stateOf(step, index);
          return (
            <li
              key={step}
              data-step={step}
              data-state={state}
              aria-current={state === 'now' ? 'step' : undefined}
            >
              {t(names[step])}
              <span class="visually-hidden">{t(states[state])}</span>
            </li>
          );
        })}
      </ol>
    </>
  );
}
