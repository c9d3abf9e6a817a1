import { createHash, randomUUID } from 'node:crypto';
import type { TurnEvent } from '@salient/shared-types';
import type { ReachedBudget, StartTurnInput } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import type { Claim, Standing } from '../../limits/index.ts';
import { agentMisconfigured, type Agent } from '../agents/index.ts';
import { overBudgetMessage, planReservation } from '../budgets/index.ts';
import { describeSearch } from '../knowledge/index.ts';
import { knownSender, type Sender } from '../sessions/index.ts';
import { estimatePromptTokens } from '../usage/index.ts';
import { beginLimitedTurn } from './begin-limited-turn.ts';
import { buildPrompt, fitPrompt } from './build-prompt.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { LiveTurn } from './live-turn.ts';
import { promptRoom } from './prompt-room.ts';
import { recordConsent } from './record-consent.ts';
import { runTurn } from './run-turn.ts';
import { claimsOfTurn } from './turn-claims.ts';
import { LEASE_SECONDS } from './turn-lease.ts';

export interface SendMessageInput {
  agent: Agent;
  sender: Sender;
  /** As it will be stored. */
  message: string;
  clientMessageId: string | null;
  /** Id of the last user message, to ask its turn again. */
  replaces: string | null;
  context: Record<string, unknown> | null;
  /** The text that the visitor says they have agreed to. */
  consent: string | null;
  /** Where it came from, as limits count it. Null: not from a visitor's browser. */
  network: string | null;
  /** More limits to take, such as those of the key that a machine showed. */
  claims?: readonly Claim[];
}

export interface SentMessage {
  ids: TurnEvent;
  /** Whose it is, now that it is proved. */
  sessionKey: string;
  /** The tightest limit that the message counted for. Null where it counted for none. */
  standing: Standing | null;
}

/** More than a passage is counted as, with its heading; the few that are longer leave less room for the others. */
const PASSAGE_TOKENS = 400;

const REFUSALS = {
  mismatch: {
    code: 'VALIDATION_ERROR',
    detail: 'client_message_id: was used before with another message.',
    retryAfter: null,
  },
  not_last: {
    code: 'VALIDATION_ERROR',
    detail: "replaces: must be the id of the conversation's last user message.",
    retryAfter: null,
  },
  busy: {
    code: 'TURN_IN_PROGRESS',
    detail: 'An answer is still under way. Wait for it to end, or stop it.',
    retryAfter: '2',
  },
} as const;

/**
 * Stores the question with its pending answer, then lets the model answer in the background. The turn goes on whether
 * anybody reads it or not. The same `clientMessageId` again gives the turn it gave before.
 *
 * @throws {AppError} TURN_IN_PROGRESS, VALIDATION_ERROR (another body under the same id, `replaces` not the last
 *   question), AGENT_MISCONFIGURED (no model can be asked), BUDGET_EXCEEDED, NOT_READY (shutting down, or busy),
 *   RATE_LIMIT_EXCEEDED, UNAUTHENTICATED
 */
export async function sendMessage(
  dependencies: ConversationDependencies,
  input: SendMessageInput,
): Promise<SentMessage> {
  admit(dependencies);
  // Many may ask within the time that storing one question takes, and the process must not end in it.
  const expected = dependencies.liveTurns.expect();
  try {
    return await beginTurn(dependencies, input);
  } finally {
    expected.release();
  }
}

async function beginTurn(dependencies: ConversationDependencies, input: SendMessageInput): Promise<SentMessage> {
  const { agent, sender } = input;
  const models = dependencies.models.readyModels(agent.config);
  const [first] = models;
  if (!first) {
    throw agentMisconfigured(new Error(dependencies.models.answererOf(agent.config).reason ?? 'no model can be asked'));
  }

  // Either may be chosen, so the prompt has to fit both.
  const budgetModel = dependencies.models.budgetModel(agent.config);
  const room = promptRoom(budgetModel ? [...models, budgetModel] : models, agent.config);
  refuseTooLong(input, room);

  const { vectorSearch } = agent.config;
  const requestId = randomUUID();
  const promptTokens = estimatePromptTokens([{ content: agent.config.systemPrompt }, { content: input.message }]);
  const claims = claimsOfTurn(
    {
      agent,
      sessionKey: sender.sessionKey,
      network: input.network,
      tokens: first.provider.name === 'local' ? null : promptTokens + agent.config.llm.maxTokens,
    },
    dependencies.limitSettings,
  );
  const turn: StartTurnInput = {
    accountId: agent.accountId,
    accountSlug: agent.accountSlug,
    agentInstanceId: agent.id,
    sessionKey: sender.sessionKey,
    entry: sender.entry,
    content: input.message,
    clientMessageId: input.clientMessageId,
    requestHash: input.clientMessageId === null ? null : hashRequest(input),
    replaces: input.replaces,
    call: {
      requestId,
      provider: first.provider.name,
      model: first.model,
      startedAt: new Date().toISOString(),
      promptTokens,
    },
    budget: planReservation(
      {
        agent,
        models: [first, ...(budgetModel ? [budgetModel] : [])].map(({ provider, model }) => ({
          provider: provider.name,
          model,
        })),
        promptTokens: mostPromptTokens(input),
        maxPromptTokens: room,
      },
      dependencies.tierBudgets,
      dependencies.prices,
    ),
    leaseOwner: dependencies.processId,
    leaseSeconds: LEASE_SECONDS,
    historyLimit: agent.config.historyLimit,
    search: vectorSearch.enabled ? describeSearch(input.message, vectorSearch.maxResults) : null,
  };
  const { begun, sessionKey, standing } = await beginLimitedTurn(dependencies, sender, turn, [
    ...claims.turns,
    ...claims.tokens,
    ...(input.claims ?? []),
  ]);
  if (!begun) return beginTurn(dependencies, { ...input, sender: knownSender(sessionKey) });

  if (begun.outcome === 'created' || begun.outcome === 'duplicate') {
    const { session_id, turn_id, user_message_id, message_id } = begun;
    const ids: TurnEvent = { turn_id, user_message_id, message_id, session_id };
    if (begun.outcome === 'created') {
      dependencies.lastUsed.touch(agent.id);
      const live = new LiveTurn(ids, agent.accountId);
      dependencies.liveTurns.add(live);
      dependencies.relay.publish(live);
      void runTurn(dependencies, {
        turn: live,
        agent,
        models: begun.choice === 1 && budgetModel ? [budgetModel] : models,
        promptRoom: Math.min(room, begun.prompt_tokens ?? room),
        requestId,
        input,
        history: begun.history,
        knowledge: begun.knowledge,
        tokenClaims: claims.tokens,
      });
    }
    // Also when the same message comes again: the first time may have ended here.
    if (input.consent !== null) await recordConsent(dependencies.database, agent.accountId, session_id, input.consent);
    return { ids, sessionKey, standing };
  }
  if (begun.outcome === 'over_budget') throw overBudget(dependencies, agent, begun);
  const { code, detail, retryAfter } = REFUSALS[begun.outcome];
  throw new AppError(code, detail, { headers: retryAfter ? { 'Retry-After': retryAfter } : {} });
}

function refuseTooLong({ agent, message, context }: SendMessageInput, room: number): void {
  const { systemPrompt } = agent.config;
  if (fitPrompt({ systemPrompt, passages: [], context, history: [], question: message }, room)) return;
  throw new AppError('VALIDATION_ERROR', "message: is too long for this agent's model. Shorten it and send it again.");
}

/** How long the prompt can get, without the history: the passages are not known yet. */
function mostPromptTokens({ agent, message, context }: SendMessageInput): number {
  const { systemPrompt, vectorSearch, knowledgeInclude } = agent.config;
  const hasKnowledge = vectorSearch.enabled && agent.knowledgeFiles.length + knowledgeInclude.length > 0;
  const bare = buildPrompt({ systemPrompt, passages: [], context, history: [], question: message });
  return estimatePromptTokens(bare) + (hasKnowledge ? vectorSearch.maxResults * PASSAGE_TOKENS : 0);
}

function overBudget(
  { log, metrics }: ConversationDependencies,
  { accountSlug: account, slug: agent, config }: Agent,
  { scope, period }: ReachedBudget,
): AppError {
  metrics.countBudgetRefusal({ account, agent, scope });
  log.info({ account, agent, scope, period }, 'over budget');
  return new AppError('BUDGET_EXCEEDED', overBudgetMessage(config));
}

/** Past what one process can serve, everybody would wait; so the next one is told to come back. */
function admit({ draining, liveTurns, maxLiveTurns }: ConversationDependencies): void {
  const detail = draining.aborted
    ? 'The server is restarting. Try again in a few seconds.'
    : liveTurns.count() >= maxLiveTurns
      ? 'The server is busy. Try again in a few seconds.'
      : null;
  if (detail !== null) throw new AppError('NOT_READY', detail, { headers: { 'Retry-After': '5' } });
}

function hashRequest({ message, replaces, context }: SendMessageInput): string {
  return createHash('sha256')
    .update(JSON.stringify([message, replaces, context]))
    .digest('hex');
}
