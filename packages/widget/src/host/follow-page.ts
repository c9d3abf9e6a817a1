import { signal, type ReadonlySignal } from '@preact/signals';
import type { Chat } from '../model/chat.ts';
import { LEFT } from '../model/identity-mark.ts';
import type { Launcher } from '../model/launcher.ts';

interface FollowPageInput {
  chat: Chat;
  launcher: Launcher;
  /** Where another tab's widget says in `localStorage` that there is news. */
  newsKey: string;
  /** Told when somebody has signed out in another tab. */
  onLeave: () => void;
  ended: AbortSignal;
}

/** A tab that was away for this long looks for what it has missed. */
const AWAY_MS = 30_000;

/** Brings a conversation up to date when the network or the visitor comes back. Returns whether there is a network. */
export function followPage({ chat, launcher, newsKey, onLeave, ended }: FollowPageInput): ReadonlySignal<boolean> {
  const isOnline = signal(navigator.onLine);
  let hiddenAt = 0;

  const onNetwork = () => {
    isOnline.value = navigator.onLine;
    if (navigator.onLine) void chat.refresh();
  };
  const onVisibility = () => {
    if (document.hidden) hiddenAt = Date.now();
    else {
      launcher.look();
      if (Date.now() - hiddenAt > AWAY_MS) void chat.refresh();
    }
  };
  addEventListener('online', onNetwork, { signal: ended });
  addEventListener('offline', onNetwork, { signal: ended });
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (key !== newsKey) return;
    if (newValue?.startsWith(LEFT)) onLeave();
    else void chat.refresh();
  };
  addEventListener('storage', onStorage, { signal: ended });
  document.addEventListener('visibilitychange', onVisibility, { signal: ended });
  return isOnline;
}
