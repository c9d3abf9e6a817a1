import { createModel, signal } from '@preact/signals';
import type { EmitEvent } from './widget-events.ts';

/** Whether the panel is open, and what has come while it was not. */
export const LauncherModel = createModel((emit: EmitEvent) => {
  const isOpen = signal(false);
  const unread = signal(0);
  /** Whether the last opening or closing was somebody's wish, which the focus follows. */
  const movesFocus = signal(false);

  function open() {
    change(true, true);
  }

  /** For a panel that stands open from the start: the focus stays where the visitor has it. */
  function openQuietly() {
    change(true, false);
  }

  function close() {
    change(false, true);
  }

  function toggle() {
    change(!isOpen.peek(), true);
  }

  /** An answer came; it counts as unread unless the visitor is looking. */
  function countAnswer(isTabHidden = false) {
    if (!isOpen.peek() || isTabHidden) setUnread(unread.peek() + 1);
  }

  /** The visitor has come back to the tab. */
  function look() {
    if (isOpen.peek()) setUnread(0);
  }

  function change(opens: boolean, isWish: boolean) {
    if (isOpen.peek() === opens) return;
    movesFocus.value = isWish;
    isOpen.value = opens;
    emit(opens ? 'open' : 'close', {});
    if (opens) setUnread(0);
  }

  function setUnread(count: number) {
    if (unread.peek() === count) return;
    unread.value = count;
    emit('unread', { count });
  }

  return { isOpen, unread, movesFocus, open, openQuietly, close, toggle, countAnswer, look };
});

export type Launcher = InstanceType<typeof LauncherModel>;
