import { createElement, forwardRef, useEffect, useImperativeHandle, useRef, useState, type CSSProperties } from 'react';
import type { MountOptions, Widget, WidgetEventName, WidgetListener, WidgetOptions } from '@salient/widget';

/** Every setting of the widget, and its events. Functions may change from one rendering to the next. */
export interface SalientChatProps extends Omit<MountOptions, 'target'> {
  onReady?: WidgetListener<'ready'>;
  onOpen?: WidgetListener<'open'>;
  onClose?: WidgetListener<'close'>;
  onMessageSent?: WidgetListener<'message:sent'>;
  onMessageReceived?: WidgetListener<'message:received'>;
  onStreamStart?: WidgetListener<'stream:start'>;
  onStreamEnd?: WidgetListener<'stream:end'>;
  onUnread?: WidgetListener<'unread'>;
  onError?: WidgetListener<'error'>;
  /** `inline` only: of the element that the chat fills. Give it a height. */
  className?: string;
  /** `inline` only. */
  style?: CSSProperties;
}

const EVENTS = {
  onReady: 'ready',
  onOpen: 'open',
  onClose: 'close',
  onMessageSent: 'message:sent',
  onMessageReceived: 'message:received',
  onStreamStart: 'stream:start',
  onStreamEnd: 'stream:end',
  onUnread: 'unread',
  onError: 'error',
} as const;

/**
 * The chat. Another account, agent, backend or mode makes another widget; every other change is made in place. The ref
 * holds the widget's handle, null until its code has come and once it has gone.
 */
export const SalientChat = forwardRef<Widget | null, SalientChatProps>(function SalientChat(props, ref) {
  const { account, agent, backend, mode, className, style } = props;
  const settings = JSON.stringify(settingsOf(props));
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const given = useRef<string[]>([]);
  const [widget, setWidget] = useState<Widget | null>(null);

  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    let mounted: Widget | undefined;
    let isOver = false;
    const show = async () => {
      // Here and not above: on a server there is nothing to load it for.
      const { mount } = await import('@salient/widget');
      if (isOver) return;
      mounted = mount({ ...settingsOf(latest.current), ...(place.current && { target: place.current }) });
      for (const [prop, event] of Object.entries(EVENTS) as [keyof typeof EVENTS, WidgetEventName][]) {
        mounted.on(event, (detail) => (latest.current[prop] as ((detail: object) => void) | undefined)?.(detail));
      }
      setWidget(mounted);
    };
    void show();
    return () => {
      isOver = true;
      mounted?.destroy();
      setWidget(null);
    };
  }, [account, agent, backend, mode]);
  useEffect(() => {
    if (!widget) return;
    const options = JSON.parse(settings) as WidgetOptions;
    // A prop that is taken away goes back to what the server says.
    const gone = given.current.filter((name) => !(name in options)).map((name) => [name, null]);
    widget.update({ ...Object.fromEntries(gone), ...options });
    given.current = Object.keys(options);
  }, [widget, settings]);
  useImperativeHandle<Widget | null, Widget | null>(ref, () => widget, [widget]);

  return mode === 'inline' ? createElement('div', { ref: place, className, style }) : null;
});

function settingsOf(props: SalientChatProps): Omit<MountOptions, 'target'> {
  const entries = Object.entries(props).filter(
    ([name]) => !(name in EVENTS) && name !== 'className' && name !== 'style',
  );
  return Object.fromEntries(entries);
}
