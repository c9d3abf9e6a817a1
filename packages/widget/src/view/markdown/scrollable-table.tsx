import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useOverflow } from './use-overflow.ts';

/** A table that scrolls inside itself when it is wider than the message; only then it is a stop for the keyboard. */
export function ScrollableTable({ label, children }: { label: string; children: ComponentChildren }) {
  const container = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(container);
  const focusable = scrolls ? ({ tabIndex: 0, role: 'region', 'aria-label': label } as const) : {};
  return (
    <div class="table-scroll" dir="auto" ref={container} {...focusable}>
      <table>{children}</table>
    </div>
  );
}
