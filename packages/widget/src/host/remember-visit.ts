import { effect } from '@preact/signals';
import type { Chat } from '../model/chat.ts';
import type { Launcher } from '../model/launcher.ts';
import type { WidgetStorage } from '../model/storage.ts';

/**
 * Takes an answer that was under way when the last page of this tab ended up again by itself, and leaves word for the
 * next page. The loader looks for that word, and brings the panel at once.
 *
 * @param storage ends with the tab
 */
export function rememberVisit(chat: Chat, launcher: Launcher, storage: WidgetStorage): () => void {
  let stop = () => {};
  const last = storage.get('resume');
  if (last === 'open') launcher.openQuietly();
  const begin = () => {
    stop = effect(() => {
      const isBusy = chat.isBusy.value;
      storage.set('resume', isBusy ? (launcher.isOpen.value ? 'open' : 'closed') : null);
    });
  };
  if (!last) begin();
  // Until the answer is joined the old word stands: the visitor may be gone again.
  else void chat.connect().then(begin);
  return () => stop();
}
