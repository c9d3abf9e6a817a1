import type { LaunchedWidget, LoaderPage } from './loader-page.ts';

/**
 * Puts the closed launcher into a widget, without Preact. `takeLauncher` makes it the node that `launcher.tsx` renders
 * when the panel has come, so that neither focus nor a click in flight is lost.
 */
export function drawLauncher(widget: LaunchedWidget, page: LoaderPage): HTMLElement {
  const button = (widget.launcher = document.createElement('button'));
  button.className = 'launcher';
  button.setAttribute('aria-label', widget.look!.label);
  button.onfocus = button.onpointerover = page.load;
  button.onclick = () => {
    // As a number: the loader is full.
    button.style.opacity = 0.6 as never;
    page.take(['open', widget.options]);
  };
  return widget.element.shadowRoot!.firstChild!.appendChild(button);
}
