import type { Config } from '../config/resolve-config.ts';
import type { WidgetAddress } from '../config/options.ts';
import { pushToDataLayer } from './data-layer.ts';
import type { EmitEvent, WidgetEventName, WidgetEvents } from '../model/widget-events.ts';

/** Gets the event's own detail, and which widget it is about. */
export type WidgetListener<Name extends WidgetEventName = WidgetEventName> = (
  detail: WidgetEvents[Name] & Required<WidgetAddress>,
) => void;

/** Events of one widget: to its listeners, then on `window` as `salient:<name>`, and where else the options wish. */
export function createEvents(source: Required<WidgetAddress>, settings: () => Pick<Config, 'debug' | 'dataLayer'>) {
  const listeners = new Map<string, Set<WidgetListener<never>>>();
  const emit: EmitEvent = (name, eventDetail) => {
    const detail = { ...source, ...eventDetail };
    // oxlint-disable-next-line no-console -- what the option `debug` is for
    if (settings().debug) console.log(`Salient: ${name}`, detail);
    for (const listener of listeners.get(name) ?? []) {
      try {
        (listener as (detail: object) => void)(detail);
      } catch (error) {
        // The page's own fault is the page's to see, and must not stop the widget.
        reportError(error);
      }
    }
    if (settings().dataLayer) pushToDataLayer(name, detail);
    dispatchEvent(new CustomEvent(`salient:${name}`, { detail }));
  };
  return {
    emit,
    on: <Name extends WidgetEventName>(name: Name, listener: WidgetListener<Name>) => {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    off: <Name extends WidgetEventName>(name: Name, listener: WidgetListener<Name>) => {
      listeners.get(name)?.delete(listener);
    },
  };
}
