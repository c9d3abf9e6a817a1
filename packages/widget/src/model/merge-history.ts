import type { History } from '@salient/shared-types';
import { fromStoredMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';

/**
 * The conversation after its newest page has come (again): what is known stays the same object, so that it is not drawn
 * anew; what another tab has asked or replaced since takes its place; what is still on its way stays last.
 */
export function mergeHistory(shown: readonly ChatMessage[], page: History): ChatMessage[] {
  const known = new Map(shown.map((message) => [message.state.peek().id, message]));
  const stored = page.messages
    .filter(({ role }) => role !== 'system')
    .map((message) => {
      const loaded = fromStoredMessage(message, page.active_turn !== null);
      const old = known.get(message.id);
      if (!old) return loaded;
      const { content, status, rating } = loaded.state.peek();
      const before = old.state.peek();
      const isSame = before.content === content && before.status === status && before.rating === rating;
      if (!isSame) updateChatMessage(old, { ...loaded.state.peek(), error: before.error });
      return old;
    });
  const from = shown.findIndex(({ state }) => state.peek().id === page.messages[0]?.id);
  const earlier = from > 0 ? shown.slice(0, from) : [];
  return [...earlier, ...stored, ...shown.filter(({ state }) => state.peek().id === null)];
}
