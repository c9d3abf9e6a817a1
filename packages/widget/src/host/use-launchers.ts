import { PANEL_FAILED } from '../locales/launcher-words.ts';
import { drawLauncher } from '../view/draw-launcher.ts';
import type { LaunchedWidget } from './loader-page.ts';
import { watchLaunchers } from './watch-launchers.ts';

/**
 * Lets the page's own elements open a widget of the loader, as its round button would. Where the panel cannot be had,
 * that button says so, and asks again.
 */
export function useLaunchers(widget: LaunchedWidget, load: () => Promise<unknown>): void {
  if (!widget.element.isConnected) return;
  const ended = new AbortController();
  const { release } = widget;
  widget.release = () => {
    ended.abort();
    release?.();
  };
  watchLaunchers(widget.options['launcher'] as string, ended.signal, (isClick) => void use(isClick));

  async function use(isClick: boolean) {
    if (isClick && widget.toggle) widget.toggle();
    else {
      widget.wanted ||= isClick;
      await load();
      if (isClick && !widget.toggle) showFailure();
    }
  }

  function showFailure() {
    const button = (widget.launcher ??= drawLauncher());
    button.className = 'launcher away';
    button.setAttribute('aria-label', PANEL_FAILED);
    button.onclick = () => {
      button.className = 'launcher busy';
      void use(true);
    };
    widget.root?.firstElementChild?.append(button);
  }
}
