import type { Message, Usage } from '@salient/shared-types';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** A visitor and the agent they talk to. Whatever is read for them is theirs. */
export interface ConversationOwner {
  accountId: string;
  agentInstanceId: string;
  sessionKey: string;
}

export interface HistoryRow {
  session_id: string;
  /** Oldest first, without an answer under way. */
  messages: Message[];
  active_turn_id: string | null;
  has_more: boolean;
}

export interface TurnRow {
  session_id: string;
  question: Message;
  answer: Message;
  usage: Usage | null;
}

/** What every visit reads, each in one round trip. The functions are in prisma/migrations. */
export interface ConversationReads {
  /** A page before the message `before`, or the newest one. Null where there is no open conversation. */
  readHistory(owner: ConversationOwner, limit: number, before: string | null): Promise<HistoryRow | null>;
  /** The same of any session of the account, also an ended one. Null where there is no such session. */
  readSession(accountId: string, sessionId: string, limit: number, before: string | null): Promise<HistoryRow | null>;
  /** Null for a turn that is not the owner's own, or does not exist. */
  readTurn(owner: ConversationOwner, turnId: string): Promise<TurnRow | null>;
}

export function createConversationReads(prisma: PrismaClient): ConversationReads {
  return {
    async readHistory({ accountId, agentInstanceId, sessionKey }, limit, before) {
      const [row] = await prisma.$queryRaw<[{ history: HistoryRow | null }]>`
        SELECT read_history(${accountId}::uuid, ${agentInstanceId}::uuid, ${sessionKey}, ${limit}::integer,
          ${before}::uuid) AS history`;
      return row.history;
    },

    async readSession(accountId, sessionId, limit, before) {
      const [row] = await prisma.$queryRaw<[{ history: HistoryRow | null }]>`
        SELECT read_session(${accountId}::uuid, ${sessionId}::uuid, ${limit}::integer, ${before}::uuid) AS history`;
      return row.history;
    },

    async readTurn({ accountId, agentInstanceId, sessionKey }, turnId) {
      const [row] = await prisma.$queryRaw<[{ turn: TurnRow | null }]>`
        SELECT read_turn(${accountId}::uuid, ${agentInstanceId}::uuid, ${sessionKey}, ${turnId}::uuid) AS turn`;
      return row.turn;
    },
  };
}
