import type { Due, Rule } from '../core/rules.ts';
import { storeName } from '../text/labels.ts';
import type { PlainKey } from '../text/message.ts';
import { isWell, pastTitleOf } from '../text/title.ts';
import { Button } from './Actions.tsx';
import type { PopupModel, PopupState } from './model.ts';
import { Time } from './Time.tsx';
import { useTranslate } from './translate.ts';

interface Shared {
  readonly state: PopupState;
  readonly model: PopupModel;
}

const reasons: Record<Rule, PlainKey> = {
  'last-tab': 'ruleLastTab',
  idle: 'ruleIdle',
  locked: 'ruleLocked',
  start: 'ruleStart',
};

/** What rules have done while nobody looked, and what they have due. */
export function Rules({ state, model }: Shared) {
  const t = useTranslate();
  const { due, done } = state;
  if (due.length + done.length === 0) return null;
  return (
    <aside aria-labelledby="rules">
      <h2 id="rules">{t('settingsByItself')}</h2>
      <ul>
        {done.map(({ id, outcome, revocation, ...when }) => (
          <li key={id} data-done={when.rule}>
            <p class="other">
              <strong data-tone={isWell(outcome, revocation) ? undefined : 'bad'}>
                {t(pastTitleOf(outcome, revocation))}
              </strong>
              <When {...when} state={state} />
            </p>
          </li>
        ))}
        {due.map(({ id, fired, ...when }) => (
          <li key={id} data-due={when.rule}>
            <p class="other" id={id}>
              <strong>{t(fired ? 'dueAgain' : 'dueSoon')}</strong>
              <When {...when} state={state} />
            </p>
            <Button
              describedBy={id}
              action="call-off"
              text={['stayLoggedIn']}
              onPress={() => model.callOff(when.storeId)}
            />
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** When it is or was, by which rule, and in which store where that is not the popup's own. */
function When({
  at,
  rule,
  storeId,
  state,
}: Pick<Due, 'at' | 'rule' | 'storeId'> & Pick<Shared, 'state'>) {
  const t = useTranslate();
  return (
    <span class="quiet">
      {storeId !== state.store?.id && `${t(...storeName(state.storeOf(storeId)))} · `}
      <Time at={at} />
      {` · ${t(reasons[rule])}`}
    </span>
  );
}
