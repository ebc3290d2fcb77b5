import { readFileSync } from 'node:fs';

/** The examples of `docs/policy.md` for a café, which is what they are tried with. */
export function policyExamples(): { chromium: object; firefox: object } {
  const page = readFileSync(new URL('../docs/policy.md', import.meta.url), 'utf8');
  const [chromium, firefox] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) =>
    JSON.parse(text),
  );
  return { chromium, firefox };
}

/** What the settings page shows of each setting: its value, and whether a policy has locked it. */
export function readSettingsPage(): Record<string, unknown> {
  const inputs = [
    ...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'),
  ];
  const shown = inputs.filter(
    (input) => !('type' in input && input.type === 'radio') || (input as HTMLInputElement).checked,
  );
  return Object.fromEntries(
    shown.map((input) => [
      input.name,
      [
        input instanceof HTMLInputElement && input.type === 'checkbox'
          ? input.checked
          : input.value,
        input.disabled ? 'locked' : 'free',
      ],
    ]),
  );
}
