const FOCUSABLE = 'button,textarea,a[href],summary,input,[tabindex="0"]';

/** Keeps Tab inside a box: after its last stop comes the first. For a panel that covers the whole screen. */
export function trapFocus(event: KeyboardEvent, box: HTMLElement): void {
  if (event.key !== 'Tab') return;
  const stops = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (stop) => !stop.hasAttribute('disabled') && stop.getClientRects().length > 0,
  );
  const focused = (box.getRootNode() as ShadowRoot).activeElement;
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  // The box itself may have the focus: before all of its stops.
  if (focused !== from && !(event.shiftKey && focused === box)) return;
  event.preventDefault();
  to?.focus();
}
