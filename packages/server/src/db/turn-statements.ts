import type { TimedClaim } from '../limits/gcra.ts';
import type { TakenClaims } from '../limits/limit-store.ts';
import { inOrderOf, type StoredTaking } from './limit-statements.ts';
import type { RunStatement, RunTentatively } from './run-statement.ts';

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
  /**
   * Takes these limits and begins the turn, or does neither. What is taken for a turn that does not begin, such as one
   * that has begun before, is given back. `begun` is null where a limit refused.
   */
  beginLimitedTurn(
    input: BeginTurnInput,
    claims: readonly TimedClaim[],
  ): Promise<{ begun: BeginTurnOutcome | null; taken: TakenClaims }>;
  /** Finds what this message has begun before, also at this moment elsewhere. Begins nothing: null where it would have to. */
  joinTurn(input: BeginTurnInput): Promise<BeginTurnOutcome | null>;
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

/** Through `run`, not through Prisma: its client costs more than all else a turn does in this process. */
export function createTurnStatements(run: RunStatement, tentatively: RunTentatively): TurnStatements {
  return {
    async beginTurn(input) {
      const [row] = await run<BegunRow>(BEGIN_TURN, [...begunBy(input), null]);
      return outcomeOf(row);
    },

    async beginLimitedTurn(input, claims) {
      const [row] = await run<BegunRow>(BEGIN_TURN, [...begunBy(input), JSON.stringify(claims)]);
      if (!row?.taken) throw new Error('take_limits gave no answer');
      const taken = inOrderOf(claims, row.taken);
      return { begun: taken.allowed ? outcomeOf(row) : null, taken };
    },

    async joinTurn(input) {
      const isOld = ([row]: BegunRow[]) => outcomeOf(row).outcome !== 'created';
      const [row] = await tentatively(BEGIN_TURN, [...begunBy(input), null], isOld);
      return row ? outcomeOf(row) : null;
    },

    async recordAttempt(accountId, request, next) {
      await run('SELECT record_attempt($1::uuid, $2::jsonb, $3::jsonb)::text', [
        accountId,
        JSON.stringify(request),
        JSON.stringify(next),
      ]);
    },

    async finishTurn({ accountId, turnId, leaseOwner, content, status, metadata, request }) {
      const [row] = await run<{ finished: boolean }>(
        'SELECT finish_turn($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::jsonb, $7::jsonb) AS finished',
        [accountId, turnId, leaseOwner, content, status, JSON.stringify(metadata), request && JSON.stringify(request)],
      );
      return row?.finished === true;
    },

    keepDrafts: (leaseOwner, leaseSeconds, drafts) =>
      run('SELECT * FROM keep_drafts($1::uuid, $2::integer, $3::jsonb)', [
        leaseOwner,
        leaseSeconds,
        JSON.stringify(drafts),
      ]),

    claimOrphans: (leaseOwner, leaseSeconds, limit) =>
      run('SELECT * FROM claim_orphans($1::uuid, $2::integer, $3::integer)', [leaseOwner, leaseSeconds, limit]),
  };
}

interface BegunRow {
  taken: StoredTaking | null;
  turn: BeginTurnOutcome | null;
  knowledge: FoundKnowledge | null;
}

function begunBy({ search, call, ...input }: BeginTurnInput): unknown[] {
  return [
    input.accountId,
    input.accountSlug,
    input.agentInstanceId,
    input.sessionKey,
    input.content,
    input.clientMessageId,
    input.requestHash,
    input.replaces,
    JSON.stringify(call),
    input.leaseOwner,
    input.leaseSeconds,
    input.historyLimit,
    search && JSON.stringify(search),
  ];
}

function outcomeOf(row: BegunRow | undefined): BeginTurnOutcome {
  if (!row?.turn) throw new Error('begin_turn gave no answer');
  return row.turn.outcome === 'created' ? { ...row.turn, knowledge: row.knowledge } : row.turn;
}

// $14: the limits to take first, null where they are counted elsewhere. They come before everything else that locks rows.
const BEGIN_TURN = `
  SELECT begun.taken, begun.turn,
    CASE WHEN begun.turn ->> 'outcome' = 'created' AND $13::jsonb IS NOT NULL
      THEN search_knowledge($1::uuid, $3::uuid, $13::jsonb) END AS knowledge,
    CASE WHEN begun.turn ->> 'outcome' <> 'created' AND $14::jsonb IS NOT NULL
      THEN give_back_limits($14::jsonb)::text END AS given_back
  FROM (
    SELECT limited.taken, CASE WHEN $14::jsonb IS NULL OR (limited.taken ->> 'allowed')::boolean
      THEN begin_turn($1::uuid, $2, $3::uuid, $4, $5, $6, $7, $8::uuid, $9::jsonb, $10::uuid, $11::integer, $12::integer)
      END AS turn
    FROM (
      SELECT CASE WHEN $14::jsonb IS NOT NULL THEN take_limits($14::jsonb) END AS taken
    ) AS limited
  ) AS begun`;
