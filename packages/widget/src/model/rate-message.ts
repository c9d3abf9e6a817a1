import { toChatError } from '../protocol/errors.ts';
import { updateChatMessage, type ChatMessage } from './chat-message.ts';
import type { TurnsInput } from './turns.ts';

/** Says what the visitor thinks of an answer. False, and a notice, when the server has not kept it. */
export function createRateMessage({ chat, turnApi }: TurnsInput) {
  return async (message: ChatMessage, rating: 'up' | 'down' | null, comment?: string): Promise<boolean> => {
    const { id, rating: before } = message.state.peek();
    if (!id) return false;
    updateChatMessage(message, { rating });
    try {
      await turnApi.rate(id, rating, comment);
      return true;
    } catch (error) {
      updateChatMessage(message, { rating: before });
      chat.notice.value = toChatError(error);
      return false;
    }
  };
}
