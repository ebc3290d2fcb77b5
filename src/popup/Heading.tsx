import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The heading of a state that came by itself: it takes the focus, so that it is read out. */
export function Heading({
  children,
  tone,
}: {
  children: ComponentChildren;
  tone?: 'good' | 'bad';
}) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <h1 ref={ref} tabIndex={-1} data-tone={tone}>
      {children}
    </h1>
  );
}
