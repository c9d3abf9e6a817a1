import type { WidgetOptions } from '../config/options.ts';
import { parseOptions } from '../config/parse-options.ts';
import { createReport } from '../config/report-problem.ts';
import { mountWidget } from './mount-widget.ts';
import { placeHost } from './place-host.ts';
import { watchLaunchers } from './watch-launchers.ts';
import type { Widget } from './widget.ts';

/** As the attributes of the script tag, in camelCase. */
export interface MountOptions extends Omit<WidgetOptions, 'target'> {
  /** `inline` only: the element to fill, or a CSS selector of it. */
  target?: string | Element;
}

/**
 * Puts a widget on the page without the loader.
 *
 * @param options `backend` is the page's own origin unless given
 * @throws never; a wrong option is one line on the console, and its default is used
 */
export function mount({ target, ...options }: MountOptions = {}): Widget {
  const report = createReport();
  const element = document.createElement('salient-chat');
  const root = element.attachShadow({ mode: 'open' });
  root.append(document.createElement('div'));
  if (target instanceof Element) target.append(element);
  else placeHost(element, target).catch((error: Error) => report(error.message));
  const parsed = { backend: location.origin, ...parseOptions(options, report) };
  const widget = mountWidget({ root, options: parsed, report });
  if (!options.launcher) return widget;
  const ended = new AbortController();
  watchLaunchers(options.launcher, ended.signal, (isClick) => isClick && widget.toggle());
  return { ...widget, destroy: () => (ended.abort(), widget.destroy()) };
}
