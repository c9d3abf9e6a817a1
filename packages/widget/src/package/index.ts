export { mount, type MountOptions } from '../host/mount.ts';
export type { Widget, VisitorIdentity } from '../host/widget.ts';
export type { WidgetListener } from '../host/create-events.ts';
export type { WidgetAddress, WidgetMode, WidgetOptions } from '../config/options.ts';
export type { WidgetEventName, WidgetEvents } from '../model/widget-events.ts';
