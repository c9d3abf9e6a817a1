import type { LaunchedWidget, LoaderPage } from './loader-page.ts';
import { watchLaunchers } from './watch-launchers.ts';

/**
 * Lets the page's own elements open a widget of the loader, as its round button would. Where the panel cannot be had,
 * the loader draws that button.
 */
export function watch(widget: LaunchedWidget, page: LoaderPage): void {
  if (!widget.element.isConnected) return;
  const ended = new AbortController();
  const { release } = widget;
  widget.release = () => {
    ended.abort();
    release?.();
  };
  watchLaunchers(widget.options['launcher'] as string, ended.signal, (isClick) => {
    if (isClick && widget.toggle) widget.toggle();
    else if (isClick) page.take(['open', widget.options]);
    else void page.load();
  });
}
