import type { WidgetOptions } from '../config/options.ts';
import type { WidgetEventName } from '../model/widget-events.ts';
import type { WidgetListener } from './create-events.ts';

/** Who the visitor is, as the page knows it. */
export interface VisitorIdentity {
  user_id?: string;
  name?: string;
  email?: string;
  /** Proof made by the site's own server. Never part of a message. */
  token?: string;
}

/** The handle of one widget: what `mount` returns and `Salient(...)` speaks to. None of it throws. */
export interface Widget {
  /** Shows the panel and moves the focus into it. */
  open(): void;
  /** Hides the panel. An answer under way goes on. */
  close(): void;
  toggle(): void;
  /** Shows the whole widget again after `hide`. */
  show(): void;
  /** Takes the whole widget out of sight, launcher and all. */
  hide(): void;
  /** Removes every trace of the widget from the page. The conversation stays with the server. */
  destroy(): void;
  /** Starts a new conversation, without asking. */
  reset(): void;
  /** Shows the panel and sends a message as the visitor. While an answer is being written it waits in the message box. */
  send(text: string): void;
  /** Puts text into the message box. The visitor sends it, or does not. */
  prefill(text: string): void;
  /**
   * Says who the visitor is. With a token the server knows them by it, on every device; name, e-mail and id go along with
   * later messages as data for the agent, unverified. Null: nobody is signed in any more, and the next person at this
   * browser finds an empty widget.
   */
  identify(identity: VisitorIdentity | null): void;
  /** Page data that goes along with every later message: at most 2 KB of JSON. */
  context(data: Record<string, unknown>): void;
  /**
   * Changes settings in place; null goes back to what the server says. What decides whom the widget talks to and what it
   * stands on (account, agent, backend, mode, target, launcher) stays.
   */
  update(options: { [Name in keyof WidgetOptions]?: WidgetOptions[Name] | null }): void;
  on: <Name extends WidgetEventName>(name: Name, listener: WidgetListener<Name>) => void;
  off: <Name extends WidgetEventName>(name: Name, listener: WidgetListener<Name>) => void;
}
