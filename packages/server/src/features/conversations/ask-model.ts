import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Citation, FinishReason, Usage } from '@salient/shared-types';
import type { AttemptOutcome, LlmRequestRow, PendingCall } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { ProviderError, type ModelRequest } from '../../providers/model-provider.ts';
import {
  describeCall,
  estimatePromptTokens,
  usageOf,
  type CallContext,
  type CallOutcome,
  type PriceList,
} from '../usage/index.ts';
import { citedPassages } from './cited-passages.ts';
import type { TurnFault } from './live-turn.ts';
import type { ReadyModel } from './model-choices.ts';

/** How often one model is asked again, as long as it has not begun to answer. */
const MAX_RETRIES = 2;
const FIRST_RETRY_MS = 400;
/** A provider that asks for a longer pause is left for the next one. */
const MAX_RETRY_AFTER_MS = 5_000;

/** Reasons to abort a turn: somebody asked to stop, or the limit of the whole turn ran out. */
export const STOPPED = 'stopped';
export const TURN_TIMEOUT = 'turn timeout';

export interface Question {
  context: CallContext;
  request: Omit<ModelRequest, 'model'>;
  /** In order of preference; at least one. */
  models: readonly ReadyModel[];
  /** Id of the first attempt's ledger row. */
  requestId: string;
  /** What is said when a further attempt does not fit the budget. */
  overBudgetDetail: string;
  /** Called with each piece of the answer. */
  onText: (text: string) => void;
  signal: AbortSignal;
}

/** How asking ended. Never thrown: a turn always has an end that can be stored. */
export interface Answer {
  status: 'complete' | 'partial' | 'error';
  finishReason: FinishReason;
  citations: Citation[];
  /** Of the last attempt. Null when no model was asked. */
  usage: Usage | null;
  fault: TurnFault | null;
  /** The last attempt's ledger row, not entered yet. Null when no model was asked. */
  row: LlmRequestRow | null;
}

export interface AskModelDependencies {
  prices: PriceList;
  log: Logger;
  metrics: Metrics;
  /**
   * Enters an attempt that failed, reserves for the one that is to follow, and notes it, so that it is billed if this process
   * dies.
   */
  record: (row: LlmRequestRow, next: PendingCall) => Promise<AttemptOutcome>;
}

/**
 * Asks the models in turn until one answers. A failure is retried only while nothing has been said and only where it is
 * safe; then the next model is asked that the budget has room for. Every attempt leaves one ledger row.
 */
export async function askModel(question: Question, dependencies: AskModelDependencies): Promise<Answer> {
  const { models, signal } = question;
  let { requestId } = question;
  let [ready] = models;
  let untried = models.slice(1);
  // Stopped while its knowledge was looked up: a call that is not made costs nothing.
  if (signal.aborted) return { ...abortedEnd(signal), citations: [], usage: null, row: null };
  for (let attempt = 0; ready; attempt += 1) {
    const { answer, row, error } = await askOnce(question, ready, requestId, dependencies);
    if (answer.status !== 'error' || signal.aborted) return answer;

    const pauseMs = attempt < MAX_RETRIES ? retryPause(error, attempt) : null;
    const candidates = pauseMs === null ? untried : [ready, ...untried];
    if (candidates.length === 0) return answer;
    if (pauseMs !== null) await wait(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return { ...answer, ...abortedEnd(signal) };

    requestId = randomUUID();
    const next = await reserveNext(candidates, requestId, row, question, dependencies);
    if (next === 'ended') return answer;
    if (next === 'over_budget') return { ...answer, fault: overBudgetFault(question) };
    if (next !== ready) {
      untried = untried.slice(untried.indexOf(next) + 1);
      attempt = -1;
    }
    ready = next;
  }
  throw new Error('askModel needs at least one model');
}

/** The first of the candidates that there is money for. */
async function reserveNext(
  candidates: readonly ReadyModel[],
  requestId: string,
  failed: LlmRequestRow,
  { request }: Question,
  { record }: AskModelDependencies,
): Promise<ReadyModel | 'over_budget' | 'ended'> {
  for (const candidate of candidates) {
    const { outcome } = await record(failed, {
      requestId,
      provider: candidate.provider.name,
      model: candidate.model,
      startedAt: new Date().toISOString(),
      promptTokens: estimatePromptTokens(request.messages),
    });
    if (outcome === 'reserved') return candidate;
    if (outcome === 'ended') return outcome;
  }
  return 'over_budget';
}

async function askOnce(
  { context, request, onText, signal }: Question,
  { provider, model }: ReadyModel,
  requestId: string,
  { prices, log, metrics }: AskModelDependencies,
): Promise<{ answer: Answer; row: LlmRequestRow; error: unknown }> {
  const startedAt = performance.now();
  let firstTokenAt: number | null = null;
  let text = '';
  let outcome: CallOutcome;
  let citations: Citation[] | null = null;
  let error: unknown = null;
  try {
    const completion = await provider.complete(
      { ...request, model },
      (piece) => {
        firstTokenAt ??= performance.now();
        text += piece;
        onText(piece);
      },
      signal,
    );
    citations = completion.citations;
    outcome = { ...completion, status: 'complete', errorKind: null };
  } catch (caught) {
    error = caught;
    outcome = failedOutcome(caught, signal, text);
  }

  const row = describeCall({
    id: requestId,
    context,
    provider: provider.name,
    model,
    request,
    text,
    outcome,
    prices,
    latencyMs: Math.round(performance.now() - startedAt),
    timeToFirstTokenMs: firstTokenAt === null ? null : Math.round(firstTokenAt - startedAt),
  });
  logCall(log, row, outcome, error);
  metrics.countCall(row);

  const stopped = signal.reason === STOPPED;
  return {
    error,
    row,
    answer: {
      status: outcome.status === 'complete' ? 'complete' : text === '' && !stopped ? 'error' : 'partial',
      finishReason: outcome.finishReason,
      citations: citations ?? citedPassages(text, request.passages),
      usage: usageOf(row),
      fault: outcome.status === 'complete' || stopped ? null : faultOf(outcome.errorKind),
      row,
    },
  };
}

/** How a turn ends that was aborted while no model was being asked. */
function abortedEnd({ reason }: AbortSignal): Pick<Answer, 'status' | 'finishReason' | 'fault'> {
  if (reason === STOPPED) return { status: 'partial', finishReason: 'stopped', fault: null };
  return { status: 'error', finishReason: 'error', fault: faultOf(reason === TURN_TIMEOUT ? 'timeout' : 'aborted') };
}

function failedOutcome(error: unknown, signal: AbortSignal, text: string): CallOutcome {
  const known = error instanceof ProviderError ? error : null;
  const aborted = signal.reason === TURN_TIMEOUT ? 'timeout' : 'aborted';
  const failed = known?.kind ?? (signal.aborted ? 'aborted' : 'unexpected');
  const kind = failed === 'aborted' ? aborted : failed;
  return {
    status: kind === 'timeout' ? 'timeout' : text === '' && kind !== 'aborted' ? 'error' : 'partial',
    finishReason: kind === 'aborted' && signal.reason === STOPPED ? 'stopped' : 'error',
    modelAnswered: known?.modelAnswered ?? null,
    responseId: null,
    usage: known?.usage ?? null,
    errorKind: kind,
  };
}

function faultOf(errorKind: CallOutcome['errorKind']): TurnFault {
  return errorKind === 'timeout'
    ? { code: 'UPSTREAM_TIMEOUT', detail: 'The model took too long to answer. Try again in a moment.', retryable: true }
    : {
        code: 'UPSTREAM_ERROR',
        detail: 'The model could not answer just now. Try again in a moment.',
        retryable: true,
      };
}

function overBudgetFault({ overBudgetDetail: detail }: Question): TurnFault {
  return { code: 'BUDGET_EXCEEDED', detail, retryable: false };
}

/** Null when asking again is no use. With jitter, so that many turns that failed together do not come back together. */
function retryPause(error: unknown, attempt: number): number | null {
  if (!(error instanceof ProviderError) || !error.retryable) return null;
  const jitterMs = Math.random() * FIRST_RETRY_MS * 2 ** attempt;
  if (error.retryAfterMs === null) return jitterMs;
  return error.retryAfterMs <= MAX_RETRY_AFTER_MS ? error.retryAfterMs + jitterMs : null;
}

function logCall(log: Logger, row: LlmRequestRow, outcome: CallOutcome, error: unknown): void {
  const level = outcome.errorKind === null || outcome.errorKind === 'aborted' ? 'info' : 'warn';
  log[level](
    {
      account: row.account_slug,
      agent: row.agent_instance_slug,
      turn_id: row.turn_id,
      llm_request_id: row.id,
      provider: row.provider,
      model: row.model_answered ?? row.model_requested,
      status: row.completion_status,
      prompt_tokens: row.prompt_tokens,
      completion_tokens: row.completion_tokens,
      total_cost: row.total_cost,
      cost_source: row.cost_source,
      usage_source: row.usage_source,
      latency_ms: row.latency_ms,
      time_to_first_token_ms: row.time_to_first_token_ms,
      ...(outcome.errorKind && { error_kind: outcome.errorKind }),
      ...(error !== null && { problem: problemOf(error, outcome) }),
      ...(outcome.errorKind === 'unexpected' && { err: error }),
    },
    'model call',
  );
}

function problemOf(error: unknown, { errorKind }: CallOutcome): string | undefined {
  if (!(error instanceof ProviderError) || error.kind === 'aborted') {
    return errorKind === 'timeout' ? 'The limit of the whole turn ran out.' : undefined;
  }
  return error.message;
}
