import { effect, type ReadonlySignal } from '@preact/signals';

/** Keeps the page's own launchers true to the panel. Returns what leaves them as plain buttons. */
export function tellLaunchers(selector: string, isOpen: ReadonlySignal<boolean>): () => void {
  const stop = effect(() => {
    for (const button of document.querySelectorAll(selector))
      button.setAttribute('aria-expanded', String(isOpen.value));
  });
  return () => {
    stop();
    for (const button of document.querySelectorAll(selector)) {
      button.removeAttribute('aria-expanded');
      button.removeAttribute('aria-haspopup');
    }
  };
}
