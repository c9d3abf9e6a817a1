import type { TimedClaim } from '../limits/gcra.ts';
import type { TakenClaims } from '../limits/limit-store.ts';
import { inOrderOf, type StoredTaking } from './limit-statements.ts';
import type { BudgetRequest, ReachedBudget } from './budget-statements.ts';
import type { EnterByKeyInput, EnteredByKey } from './visitor-statements.ts';
import type { RunStatement, RunTentatively } from './run-statement.ts';

/** What `start_turn` needs. The function is in prisma/migrations; it runs as the application role, in its account. */
export interface StartTurnInput {
  accountId: string;
  accountSlug: string;
  agentInstanceId: string;
  sessionKey: string;
  /** Whose browser it is has not been looked up: it is `sessionKey`'s if this proves it. Null: that is known. */
  entry: EnterByKeyInput | null;
  content: string;
  clientMessageId: string | null;
  requestHash: string | null;
  replaces: string | null;
  /** Kept with the pending answer, so that another process can bill it if this one dies. */
  call: PendingCall;
  /** What the call may cost, to be reserved; null: nothing. */
  budget: BudgetRequest | null;
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

/** `ended`: another process has ended the turn. */
export type AttemptOutcome = { outcome: 'reserved' | 'ended' } | ({ outcome: 'over_budget' } & ReachedBudget);

/** What became of a message. `entered` is null where nothing was to be proved. */
export interface StartedTurn {
  entered: EnteredByKey | null;
  /** Null where no limits were to be taken, or the browser was not the expected visitor's. */
  taken: TakenClaims | null;
  /** Null where a limit refused, or the browser was not the expected visitor's. */
  begun: BeginTurnOutcome | null;
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
      /** Which of `budget.choices` was reserved for. */
      choice: number;
      /** That were reserved for; null when nothing was. The prompt may have no more. */
      prompt_tokens: number | null;
    }
  | { outcome: 'duplicate'; session_id: string; turn_id: string; user_message_id: string; message_id: string }
  | { outcome: 'mismatch' }
  | { outcome: 'busy'; turn_id: string }
  | { outcome: 'not_last' }
  | ({ outcome: 'over_budget' } & ReachedBudget);

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
  price_version: string | null;
  /** What budgets count, also where the cost is not known. */
  budget_usd: string;
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

/** Text so far of an answer under way. */
export interface Draft {
  message_id: string;
  content: string;
  /** Of the prompt as it was sent, for whoever bills the call if this process dies; null: not known yet. */
  prompt_tokens: number | null;
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
  /**
   * Enters the browser, takes the limits and begins the turn; or says at which of them it ended. Limits are taken for a turn
   * that begins, and for no other. Claims are null where they are counted elsewhere.
   */
  startTurn(input: StartTurnInput, claims: readonly TimedClaim[] | null): Promise<StartedTurn>;
  /**
   * Finds what this message has begun before, also at this moment elsewhere. Begins nothing: null where it would have to.
   * The visitor must be proved.
   */
  joinTurn(input: StartTurnInput): Promise<BeginTurnOutcome | null>;
  /** Enters a call that failed; reserves and notes the one that is to follow it. Safe to repeat. */
  recordAttempt(
    accountId: string,
    request: LlmRequestRow,
    next: PendingCall,
    budget: BudgetRequest | null,
  ): Promise<AttemptOutcome>;
  /** False when another process had ended the turn first. */
  finishTurn(input: FinishTurnInput): Promise<boolean>;
  /** Returns the turns that are still this process's own, and which of them are to be stopped. */
  keepDrafts(
    leaseOwner: string,
    leaseSeconds: number,
    drafts: Draft[],
  ): Promise<{ turn_id: string; stop_requested: boolean }[]>;
  claimOrphans(leaseOwner: string, leaseSeconds: number, limit: number): Promise<OrphanedTurn[]>;
}

/** Through `run`, not through Prisma: its client costs more than all else a turn does in this process. */
export function createTurnStatements(run: RunStatement, tentatively: RunTentatively): TurnStatements {
  return {
    async startTurn(input, claims) {
      const [row] = await run<StartedRow>(START_TURN, startedBy(input, claims));
      if (!row) throw new Error('start_turn gave no row');
      const { entered } = row;
      const isExpected = entered === null || (entered.status === 'ok' && entered.session_key === input.sessionKey);
      if (!isExpected) return { entered, taken: null, begun: null };
      const taken = claims && row.taken ? inOrderOf(claims, row.taken) : null;
      return { entered, taken, begun: taken?.allowed === false ? null : outcomeOf(row) };
    },

    async joinTurn(input) {
      const isOld = ([row]: StartedRow[]) => outcomeOf(row).outcome !== 'created';
      const [row] = await tentatively(START_TURN, startedBy({ ...input, entry: null }, null), isOld);
      return row ? outcomeOf(row) : null;
    },

    async recordAttempt(accountId, request, next, budget) {
      const [row] = await run<{ attempt: AttemptOutcome }>(
        'SELECT next_attempt($1::uuid, $2::jsonb, $3::jsonb) AS attempt',
        [accountId, JSON.stringify(request), JSON.stringify(budget ? { ...next, budget } : next)],
      );
      if (!row) throw new Error('next_attempt gave no row');
      return row.attempt;
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

interface StartedRow {
  entered: EnteredByKey | null;
  taken: StoredTaking | null;
  turn: BeginTurnOutcome | null;
  knowledge: FoundKnowledge | null;
}

const START_TURN = `SELECT * FROM start_turn($1::uuid, $2, $3::uuid, $4, $5, $6, $7, $8::uuid, $9::jsonb, $10::uuid, $11::integer,
  $12::integer, $13::jsonb, $14::jsonb, $15::jsonb)`;

function startedBy(
  { search, call, budget, entry, ...input }: StartTurnInput,
  claims: readonly TimedClaim[] | null,
): unknown[] {
  return [
    input.accountId,
    input.accountSlug,
    input.agentInstanceId,
    input.sessionKey,
    input.content,
    input.clientMessageId,
    input.requestHash,
    input.replaces,
    JSON.stringify(budget ? { ...call, budget } : call),
    input.leaseOwner,
    input.leaseSeconds,
    input.historyLimit,
    search && JSON.stringify(search),
    claims && JSON.stringify(claims),
    entry && JSON.stringify(entry),
  ];
}

function outcomeOf(row: StartedRow | undefined): BeginTurnOutcome {
  if (!row?.turn) throw new Error('start_turn gave no answer');
  return row.turn.outcome === 'created' ? { ...row.turn, knowledge: row.knowledge } : row.turn;
}
