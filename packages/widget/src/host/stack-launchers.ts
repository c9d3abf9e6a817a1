import type { LaunchedWidget, LoaderPage } from './loader-page.ts';

/**
 * Gives each launcher that is drawn from now on a place beside those in the same corner, the first that is free. When one
 * goes to another corner, those after it close up, unless a visitor has reached for them or the panel has taken them over.
 */
export function stackLaunchers(page: LoaderPage): void {
  /** Where each has last been drawn. */
  const places = new WeakMap<LaunchedWidget, string | undefined>();
  page.stack ??= (widget) => {
    const { look, options } = widget;
    if (!look || options['launcher']) return;
    while (page.widgets.some((other) => other !== widget && placeOf(other) === placeOf(widget))) look.index++;
    const place = placeOf(widget);
    if (places.get(widget) === place) return;
    places.set(widget, place);
    queueMicrotask(() => {
      for (const other of page.widgets) if (other.look?.index && other.button.onfocus) other.draw?.();
    });
  };
}

/** Nowhere: what has no round button, or not yet. */
function placeOf({ look, options }: LaunchedWidget): string | undefined {
  if (!look || options['launcher']) return undefined;
  const { position, offsetX, offsetY, index } = look;
  return [position, offsetX, offsetY, index].join(' ');
}
