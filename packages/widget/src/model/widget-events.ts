/** What the widget tells the page, by event name. Also dispatched on `window` as `salient:<event>`. */
export interface WidgetEvents {
  /** The launcher, or the panel where there is no launcher, stands. */
  ready: object;
  open: object;
  close: object;
  'message:sent': { text: string; client_message_id: string | undefined };
  'message:received': { id: string; text: string; status: string };
  'stream:start': { message_id: string };
  'stream:end': { message_id: string; finish_reason: string; status: string };
  /** Answers the visitor has not seen. */
  unread: { count: number };
  error: { code: string; detail: string | undefined; request_id: string | undefined };
}

export type WidgetEventName = keyof WidgetEvents;

export type EmitEvent = <Name extends WidgetEventName>(name: Name, detail: WidgetEvents[Name]) => void;
