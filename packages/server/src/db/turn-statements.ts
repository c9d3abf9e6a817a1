import type { PrismaClient } from '../generated/prisma/client.ts';

/** What `begin_turn` needs. The function is in prisma/migrations; it runs as the application role, in its account. */
export interface BeginTurnInput {
  accountId: string;
  accountSlug: string;
  agentInstanceId: string;
  sessionKey: string;
  content: string;
  clientMessageId: string | null;
  requestHash: string | null;
  replaces: string | null;
  /** Kept with the pending answer, so that another process can bill it if this one dies. */
  call: PendingCall;
  leaseOwner: string;
  leaseSeconds: number;
  historyLimit: number;
  /** What to look for in the agent's knowledge, in the same round trip; null: nothing. */
  search: KnowledgeSearch | null;
}

/** A question to an agent's knowledge, as `search_knowledge` takes it. */
export interface KnowledgeSearch {
  question: string;
  /** The question without its filler words. */
  terms: string;
  headingWeight: number;
  introductionWeight: number;
  limit: number;
}

/** What `search_knowledge` gives. */
export interface FoundKnowledge {
  /** Titles of all that the agent knows about. */
  topics: string[];
  /** Best first. */
  passages: {
    documentTitle: string;
    url: string | null;
    section: string | null;
    content: string;
    coverage: number;
    headingCoverage: number;
    score: number;
  }[];
}

/** The provider call that a pending answer is waiting for. */
export interface PendingCall {
  requestId: string;
  provider: string;
  model: string;
  startedAt: string;
  /** Counted, not reported. */
  promptTokens: number;
}

export type BeginTurnOutcome =
  | {
      outcome: 'created';
      session_id: string;
      turn_id: string;
      user_message_id: string;
      message_id: string;
      created_at: string;
      /** Oldest first, without the new question. */
      history: { role: 'user' | 'assistant' | 'system'; content: string }[];
      /** Null when nothing was looked for. */
      knowledge: FoundKnowledge | null;
    }
  | { outcome: 'duplicate'; session_id: string; turn_id: string; user_message_id: string; message_id: string }
  | { outcome: 'mismatch' }
  | { outcome: 'busy'; turn_id: string }
  | { outcome: 'not_last' };

/** A ledger row, by column name. Money as decimal strings. `account_id` is the caller's. */
export interface LlmRequestRow {
  id: string;
  account_slug: string;
  agent_instance_id: string;
  agent_instance_slug: string;
  agent_type: string;
  session_id: string;
  turn_id: string;
  completion_status: 'complete' | 'partial' | 'error' | 'timeout';
  provider: string;
  model_requested: string;
  model_answered: string | null;
  request_body: Record<string, unknown>;
  response_body: Record<string, unknown>;
  prompt_tokens: number;
  cached_prompt_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  total_tokens: number;
  prompt_unit_cost: string | null;
  completion_unit_cost: string | null;
  prompt_cost: string | null;
  completion_cost: string | null;
  total_cost: string | null;
  cost_source: 'provider' | 'price_table' | 'unknown';
  usage_source: 'provider' | 'estimated';
  latency_ms: number;
  time_to_first_token_ms: number | null;
}

export interface FinishTurnInput {
  accountId: string;
  turnId: string;
  leaseOwner: string;
  content: string;
  status: 'complete' | 'partial' | 'error';
  metadata: object;
  request: LlmRequestRow | null;
}

/** A pending answer whose process is gone. */
export interface OrphanedTurn {
  account_id: string;
  account_slug: string;
  agent_instance_id: string;
  agent_instance_slug: string;
  agent_type: string;
  session_id: string;
  turn_id: string;
  content: string;
  call: PendingCall;
}

/** The statements on a turn's way, each one round trip and one transaction. Written in SQL; typed here and nowhere else. */
export interface TurnStatements {
  beginTurn(input: BeginTurnInput): Promise<BeginTurnOutcome>;
  /** Enters a call that failed, and notes the one that follows it. Safe to repeat. */
  recordAttempt(accountId: string, request: LlmRequestRow, next: PendingCall): Promise<void>;
  /** False when another process had ended the turn first. */
  finishTurn(input: FinishTurnInput): Promise<boolean>;
  /** Returns the turns that are still this process's own, and which of them are to be stopped. */
  keepDrafts(
    leaseOwner: string,
    leaseSeconds: number,
    drafts: { message_id: string; content: string }[],
  ): Promise<{ turn_id: string; stop_requested: boolean }[]>;
  claimOrphans(leaseOwner: string, leaseSeconds: number, limit: number): Promise<OrphanedTurn[]>;
}

export function createTurnStatements(prisma: PrismaClient): TurnStatements {
  return {
    async beginTurn(input) {
      const [{ turn, knowledge }] = await prisma.$queryRaw<
        [{ turn: BeginTurnOutcome; knowledge: FoundKnowledge | null }]
      >`
        SELECT begun.turn, CASE WHEN begun.turn ->> 'outcome' = 'created' AND searched.search IS NOT NULL
            THEN search_knowledge(${input.accountId}::uuid, ${input.agentInstanceId}::uuid, searched.search) END AS knowledge
        FROM (SELECT begin_turn(${input.accountId}::uuid, ${input.accountSlug}, ${input.agentInstanceId}::uuid,
          ${input.sessionKey}, ${input.content}, ${input.clientMessageId}, ${input.requestHash}, ${input.replaces}::uuid,
          ${JSON.stringify(input.call)}::jsonb, ${input.leaseOwner}::uuid, ${input.leaseSeconds}::integer,
          ${input.historyLimit}::integer) AS turn) AS begun,
        (SELECT ${input.search && JSON.stringify(input.search)}::jsonb AS search) AS searched`;
      return turn.outcome === 'created' ? { ...turn, knowledge } : turn;
    },

    async recordAttempt(accountId, request, next) {
      await prisma.$queryRaw`SELECT record_attempt(${accountId}::uuid, ${JSON.stringify(request)}::jsonb,
        ${JSON.stringify(next)}::jsonb)::text`;
    },

    async finishTurn(input) {
      const rows = await prisma.$queryRaw<[{ finished: boolean }]>`
        SELECT finish_turn(${input.accountId}::uuid, ${input.turnId}::uuid, ${input.leaseOwner}::uuid, ${input.content},
          ${input.status}, ${JSON.stringify(input.metadata)}::jsonb,
          ${input.request && JSON.stringify(input.request)}::jsonb) AS finished`;
      return rows[0].finished;
    },

    async keepDrafts(leaseOwner, leaseSeconds, drafts) {
      return prisma.$queryRaw<{ turn_id: string; stop_requested: boolean }[]>`
        SELECT * FROM keep_drafts(${leaseOwner}::uuid, ${leaseSeconds}::integer, ${JSON.stringify(drafts)}::jsonb)`;
    },

    async claimOrphans(leaseOwner, leaseSeconds, limit) {
      return prisma.$queryRaw<OrphanedTurn[]>`
        SELECT * FROM claim_orphans(${leaseOwner}::uuid, ${leaseSeconds}::integer, ${limit}::integer)`;
    },
  };
}
