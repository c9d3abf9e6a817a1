import type { LaunchedWidget, LoaderPage } from './loader-page.ts';
import { stackLaunchers } from './stack-launchers.ts';
import { watchLaunchers } from './watch-launchers.ts';

/**
 * What a page needs beyond one round button. Where it names elements of its own for a widget of the loader, these open
 * it, and the round button is only to be seen when it says that the panel cannot be had. Several round buttons stand
 * beside each other.
 */
export function watch(widget: LaunchedWidget, page: LoaderPage): void {
  stackLaunchers(page);
  const { element, options, release } = widget;
  const selector = options['launcher'] as string | undefined;
  if (!selector || !page.widgets.includes(widget)) return;
  const root = element.shadowRoot!;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.launcher:not(.away){display:none}');
  root.adoptedStyleSheets.push(sheet);
  const ended = new AbortController();
  widget.release = () => {
    ended.abort();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    release?.();
  };
  watchLaunchers(selector, ended.signal, (isClick) => {
    if (isClick && widget.toggle) widget.toggle();
    else if (isClick) page.take(['open', options]);
    else void page.load();
  });
}
