import { defineElement, TAG_NAME } from '../host/define-element.ts';

// Defines `<salient-chat>` and `window.Salient`, as the script tag does; the panel is still brought on intent. On a
// server there is nothing to define it in, and where the page has the script tag it is defined already.
if (typeof customElements !== 'undefined' && !customElements.get(TAG_NAME)) {
  defineElement(
    location.origin,
    () => import('../host/take-over.ts'),
    () => import('../host/use-launchers.ts'),
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'salient-chat': HTMLElement;
  }
}
