import { checkOptions } from '../config/check-options.ts';
import type { WidgetOptions } from '../config/options.ts';
import { createReport } from '../config/report-problem.ts';
import { createHost } from './create-host.ts';
import { mountWidget } from './mount-widget.ts';
import { placeHost } from './place-host.ts';
import { watchLaunchers } from './watch-launchers.ts';
import type { Widget } from './widget.ts';

/**
 * Puts a widget on the page without the loader.
 *
 * @param options as the attributes of the script tag, in camelCase; `backend` is the page's own origin unless given
 * @throws never; a wrong option is one line on the console, and its default is used
 */
export function mount(options: WidgetOptions = {}): Widget {
  const report = createReport();
  const checked = { backend: location.origin, ...checkOptions({ ...options }, report) };
  const host = createHost(document.createElement('salient-chat'));
  placeHost(host.element, options.target).catch((error: Error) => report(error.message));
  const widget = mountWidget({ host, options: checked, serverConfig: undefined, stackIndex: 0, report });
  if (!options.launcher) return widget;
  const ended = new AbortController();
  watchLaunchers(options.launcher, ended.signal, (isClick) => isClick && widget.toggle());
  return { ...widget, destroy: () => (ended.abort(), widget.destroy()) };
}
