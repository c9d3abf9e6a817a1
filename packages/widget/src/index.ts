export { mount } from './host/mount.ts';
export { takeOver } from './host/take-over.ts';
export type { Widget, VisitorIdentity } from './host/widget.ts';
export type { WidgetAddress, WidgetMode, WidgetOptions } from './config/options.ts';
export type { WidgetEventName, WidgetEvents } from './model/widget-events.ts';
