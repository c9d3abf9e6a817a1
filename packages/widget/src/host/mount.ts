import { checkOptions } from '../config/check-options.ts';
import type { WidgetOptions } from '../config/options.ts';
import { createReport } from '../config/report-problem.ts';
import { createHost } from './create-host.ts';
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
  const checked = { backend: location.origin, ...checkOptions(options, report) };
  const host = createHost(document.createElement('salient-chat'));
  if (target instanceof Element) target.append(host.element);
  else placeHost(host.element, target).catch((error: Error) => report(error.message));
  const widget = mountWidget({ host, options: checked, serverConfig: undefined, stackIndex: 0, report });
  if (!options.launcher) return widget;
  const ended = new AbortController();
  watchLaunchers(options.launcher, ended.signal, (isClick) => isClick && widget.toggle());
  return { ...widget, destroy: () => (ended.abort(), widget.destroy()) };
}
