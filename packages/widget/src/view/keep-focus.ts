/**
 * To be called after something that may have taken away what had the focus (a starter, a retry): whoever uses the
 * keyboard then goes on where they write, or, where that would bring up a phone's keys, where they read.
 */
export function keepFocus(panel: HTMLElement, isPhone: boolean): void {
  // When the change is drawn.
  requestAnimationFrame(() => {
    const { activeElement } = panel.getRootNode() as ShadowRoot;
    if (!activeElement && !panel.hidden) panel.querySelector<HTMLElement>(isPhone ? '.log' : 'textarea')?.focus();
  });
}
