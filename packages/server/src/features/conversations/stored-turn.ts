import type { ErrorCode, TurnEvent } from '@salient/shared-types';
import type { ConversationOwner, Database } from '../../db/index.ts';
import type { TurnEnd, TurnFault } from './live-turn.ts';

/** A turn as the database has it. */
export interface StoredTurn {
  ids: TurnEvent;
  text: string;
  /** Null while it is being answered. */
  end: TurnEnd | null;
}

/** How a turn ends of which nothing is known any more. */
export function lostTurnEnd(messageId: string): TurnEnd {
  return {
    done: { message_id: messageId, finish_reason: 'error', status: 'error', usage: null, citations: [] },
    fault: faultOf('INTERNAL_ERROR'),
  };
}

/**
 * A turn of the visitor's own. Null when there is none, or it is somebody else's: the two look the same.
 */
export async function findStoredTurn(
  database: Database,
  owner: ConversationOwner,
  turnId: string,
): Promise<StoredTurn | null> {
  const found = await database.conversations.readTurn(owner, turnId);
  if (!found) return null;
  const { question, answer } = found;
  const ids = {
    turn_id: turnId,
    user_message_id: question.id,
    message_id: answer.id,
    session_id: found.session_id,
  };
  if (answer.status === 'pending') return { ids, text: answer.content, end: null };

  const { finish_reason, citations, error_code } = answer.metadata;
  return {
    ids,
    text: answer.content,
    end: {
      done: {
        message_id: answer.id,
        finish_reason: finish_reason ?? 'stop',
        status: answer.status,
        usage: found.usage,
        citations: citations ?? [],
      },
      fault: error_code ? faultOf(error_code) : null,
    },
  };
}

function faultOf(code: ErrorCode): TurnFault {
  return { code, detail: 'This answer was cut short. Ask again to get a whole one.', retryable: true };
}
