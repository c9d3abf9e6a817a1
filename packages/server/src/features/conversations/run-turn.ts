import type { DoneEvent } from '@salient/shared-types';
import { persistently, type FoundKnowledge, type LlmRequestRow } from '../../db/index.ts';
import type { Agent } from '../agents/index.ts';
import { overBudgetMessage, planReservation } from '../budgets/index.ts';
import { findPassages } from '../knowledge/index.ts';
import { createAnswerText } from './answer-text.ts';
import type { Claim } from '../../limits/index.ts';
import { askModel, TURN_TIMEOUT, type Answer } from './ask-model.ts';
import { fitPrompt } from './build-prompt.ts';
import type { ConversationDependencies } from './dependencies.ts';
import type { LiveTurn, TurnEnd, TurnFault } from './live-turn.ts';
import type { ReadyModel } from './model-choices.ts';
import type { SendMessageInput } from './send-message.ts';
import { correctionsOf } from './turn-claims.ts';
import { estimatePromptTokens } from '../usage/index.ts';
import { findStoredTurn } from './stored-turn.ts';

export interface TurnJob {
  turn: LiveTurn;
  agent: Agent;
  models: readonly ReadyModel[];
  /** Tokens that the prompt may have: those of the model's room that were reserved for. */
  promptRoom: number;
  requestId: string;
  input: SendMessageInput;
  /** Oldest first, without the question. */
  history: { role: 'user' | 'assistant' | 'system'; content: string }[];
  /** What was found about the question; null for agents without. */
  knowledge: FoundKnowledge | null;
  /** What was taken of the limits of tokens beforehand. */
  tokenClaims: readonly Claim[];
}

/** An answer, and an attempt, outlast a restart of the database: storing them is tried again for this long. */
const STORE_LIMIT_MS = 20_000;

const UNEXPECTED: TurnFault = {
  code: 'INTERNAL_ERROR',
  detail: 'Something went wrong on our side. Try again in a moment.',
  retryable: true,
};

/**
 * Answers one turn from the stored question to the stored answer and bill. No transaction is open while the model is
 * asked. Never rejects: whatever happens, the turn ends, is stored if the database lets it, and its readers are told.
 */
export async function runTurn(dependencies: ConversationDependencies, job: TurnJob): Promise<void> {
  const { turn, agent } = job;
  const { liveTurns, log, models } = dependencies;
  let answer: Answer | null = null;
  let tokens = 0;
  // Not AbortSignal.timeout: joined by AbortSignal.any and held by nobody else, it is collected before it fires.
  const limit = setTimeout(() => turn.abort.abort(TURN_TIMEOUT), models.turnTimeoutMs(agent.config));
  try {
    answer = await generate(dependencies, job, (failed) => (tokens += failed.total_tokens));
    tokens += answer.row?.total_tokens ?? 0;
    // Where this is not reached, what was taken stays taken.
    dependencies.limits.corrections.add(correctionsOf(job.tokenClaims, tokens));
  } catch (error) {
    log.error({ err: error, turn_id: turn.ids.turn_id }, 'turn failed');
  } finally {
    clearTimeout(limit);
  }
  let end: TurnEnd = {
    done: doneEvent(turn, answer),
    fault: answer ? answer.fault : UNEXPECTED,
  };
  try {
    end = await persistently(STORE_LIMIT_MS, () => store(dependencies, job, end, answer?.row ?? null));
  } catch (error) {
    // Its lease runs out, and whoever takes the turn over marks it partial.
    log.error({ err: error, turn_id: turn.ids.turn_id }, 'answer could not be stored');
  }
  turn.finish(end);
  liveTurns.remove(turn);
}

async function generate(
  dependencies: ConversationDependencies,
  job: TurnJob,
  onFailedCall: (row: LlmRequestRow) => void,
): Promise<Answer> {
  const { turn, agent, input, knowledge } = job;
  const owner = { accountId: agent.accountId, agentInstanceId: agent.id };
  const search = { question: input.message, limit: agent.config.vectorSearch.maxResults };
  const prompt = fitPrompt(
    {
      systemPrompt: agent.config.systemPrompt,
      passages: knowledge ? await findPassages(dependencies.database, owner, search, knowledge) : [],
      context: input.context,
      history: job.history,
      question: input.message,
    },
    job.promptRoom,
  );
  if (!prompt) throw new Error('a question that was let in does not fit the model');
  const promptTokens = estimatePromptTokens(prompt.messages);
  turn.promptTokens = promptTokens;
  const answerText = createAnswerText();
  const answer = await askModel(
    {
      context: {
        accountSlug: agent.accountSlug,
        agentInstanceId: agent.id,
        agentInstanceSlug: agent.slug,
        agentType: agent.config.agentType,
        sessionId: turn.ids.session_id,
        turnId: turn.ids.turn_id,
      },
      request: {
        ...prompt,
        temperature: agent.config.llm.temperature,
        maxTokens: agent.config.llm.maxTokens,
        topics: knowledge?.topics ?? [],
      },
      models: job.models,
      requestId: job.requestId,
      overBudgetDetail: overBudgetMessage(agent.config),
      onText: (piece) => turn.append(answerText.push(piece)),
      signal: turn.abort.signal,
    },
    {
      prices: dependencies.prices,
      log: dependencies.log,
      metrics: dependencies.metrics,
      record: (row, next) => {
        onFailedCall(row);
        const plan = { agent, models: [next], promptTokens, maxPromptTokens: job.promptRoom };
        const budget = planReservation(plan, dependencies.tierBudgets, dependencies.prices);
        return persistently(STORE_LIMIT_MS, () =>
          dependencies.database.turns.recordAttempt(agent.accountId, row, next, budget),
        );
      },
    },
  );
  turn.append(answerText.end());
  return answer;
}

function doneEvent(turn: LiveTurn, answer: Answer | null): DoneEvent {
  return {
    message_id: turn.ids.message_id,
    finish_reason: answer?.finishReason ?? 'error',
    status: answer?.status ?? (turn.text === '' ? 'error' : 'partial'),
    usage: answer?.usage ?? null,
    citations: answer?.citations ?? [],
  };
}

/** Returns how the turn has ended: another process may have taken it for lost and ended it first. */
async function store(
  { database, processId }: ConversationDependencies,
  { turn, agent, input }: TurnJob,
  end: TurnEnd,
  row: LlmRequestRow | null,
): Promise<TurnEnd> {
  const { done, fault } = end;
  const finished = await database.turns.finishTurn({
    accountId: turn.accountId,
    turnId: turn.ids.turn_id,
    leaseOwner: processId,
    content: turn.text,
    status: done.status,
    metadata: {
      finish_reason: done.finish_reason,
      ...(done.citations.length > 0 && { citations: done.citations }),
      ...(fault && { error_code: fault.code }),
    },
    request: row,
  });
  if (finished) return end;
  const owner = { accountId: turn.accountId, agentInstanceId: agent.id, sessionKey: input.sender.sessionKey };
  return (await findStoredTurn(database, owner, turn.ids.turn_id))?.end ?? end;
}
