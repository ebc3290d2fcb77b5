import type { RowState } from '../text/rows.ts';

/** The sign before a row. It says nothing that its words do not say. */
export function Icon({ state }: { readonly state: RowState }) {
  return (
    <svg class="icon" data-icon={state} viewBox="0 0 20 20" aria-hidden="true">
      <circle class="ring" cx="10" cy="10" r="8" />
      {shapes[state]}
    </svg>
  );
}

const shapes: Record<RowState, preact.JSX.Element | null> = {
  ahead: null,
  now: <path class="arc" d="M10 2a8 8 0 0 1 8 8" />,
  done: <path class="mark" d="m6 10.4 2.7 2.7 5.5-5.7" />,
  failed: <path class="mark" d="M10 5.5v5.2M10 14h.01" />,
  kept: <path class="mark" d="M6.5 10h7" />,
  unknown: <path class="mark" d="M7.8 8a2.3 2.3 0 1 1 3.2 2.1c-.7.3-1 .7-1 1.4M10 14h.01" />,
  skipped: <path class="mark" d="M7.5 10h5" />,
};
