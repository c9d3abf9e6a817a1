/** Runs in the page: what a visitor would see of its one floating widget. */
export function readWidget() {
  const root = document.querySelector('salient-chat')?.shadowRoot;
  const launcher = root?.querySelector('.launcher');
  const panel = root?.querySelector('[role="dialog"]');
  const box = launcher?.getBoundingClientRect();
  const active = root?.activeElement;
  return {
    // A rectangle's own properties do not travel.
    launcher: box && { x: box.x, y: box.y, width: box.width, height: box.height },
    isOpen: Boolean(panel?.getClientRects().length),
    isAnswering: Boolean(panel?.querySelector('[aria-label="Stop"]')),
    focused: active?.getAttribute('aria-label') ?? null,
    composerText: panel?.querySelector('textarea')?.value ?? null,
    logText: panel?.querySelector('[role="log"]')?.textContent ?? '',
  };
}

/** Runs in the page: keeps every length that the conversation's text has from now on. */
export function watchGrowth(): void {
  window.logLengths = [];
  const log = document.querySelector('salient-chat')!.shadowRoot!.querySelector('[role="log"]')!;
  new MutationObserver(() => {
    const { length } = log.textContent ?? '';
    if (length !== window.logLengths.at(-1)) window.logLengths.push(length);
  }).observe(log, { childList: true, characterData: true, subtree: true });
}

declare global {
  interface Window {
    logLengths: number[];
  }
}
