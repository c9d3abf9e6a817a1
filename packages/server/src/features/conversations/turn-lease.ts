import { isDatabaseUnavailable, type OrphanedTurn } from '../../db/index.ts';
import { describeCall, type PriceList } from '../usage/index.ts';
import { STOPPED } from './ask-model.ts';
import type { ConversationDependencies } from './dependencies.ts';

/** How long a process may be silent before others take its turns for lost. */
export const LEASE_SECONDS = 15;
/** Text older than a second survives a killed process, and a stop asked of another process is heard within one. */
export const DRAFT_INTERVAL_MS = 700;
export const ORPHAN_INTERVAL_MS = 5_000;

const ORPHANS_AT_ONCE = 50;

/**
 * Stores the text so far of every live turn and renews their leases, in one statement. Stops those that somebody asked
 * another process to stop, and gives up those that another process has taken over.
 */
export async function keepDrafts({ database, liveTurns, processId }: ConversationDependencies): Promise<void> {
  const turns = liveTurns.all();
  if (turns.length === 0) return;
  const drafts = turns.map(({ ids, text, promptTokens }) => ({
    message_id: ids.message_id,
    content: text,
    prompt_tokens: promptTokens,
  }));
  const kept = await database.turns.keepDrafts(processId, LEASE_SECONDS, drafts);
  const stopRequested = new Map(kept.map(({ turn_id, stop_requested }) => [turn_id, stop_requested]));
  for (const turn of turns) {
    const stop = stopRequested.get(turn.ids.turn_id);
    if (stop === undefined) turn.abort.abort('lease lost');
    else if (stop) turn.abort.abort(STOPPED);
  }
}

/**
 * Ends the turns whose process is gone: `partial` with the text that was kept, and billed by count. To be run again and
 * again.
 */
export function createOrphanWatch(dependencies: ConversationDependencies): () => Promise<void> {
  const { database } = dependencies;
  let wasAway = false;
  return async () => {
    if (wasAway) {
      // While the database was away nobody could renew a lease; those who live do so before the next look.
      await database.ping();
      wasAway = false;
      return;
    }
    try {
      await endOrphans(dependencies);
    } catch (error) {
      wasAway = isDatabaseUnavailable(error);
      throw error;
    }
  };
}

async function endOrphans(dependencies: ConversationDependencies): Promise<void> {
  const { database, liveTurns, relay, prices, processId, log, metrics } = dependencies;
  const orphans = await database.turns.claimOrphans(processId, LEASE_SECONDS, ORPHANS_AT_ONCE);
  for (const claimed of orphans) {
    // Its lease ran out, but it is this process's own and alive.
    if (liveTurns.find(claimed.account_id, claimed.turn_id)) continue;
    const published = await relay.textOf(claimed.turn_id);
    // What readers elsewhere have seen may be newer than the row.
    const content = published.startsWith(claimed.content) ? published : claimed.content;
    const orphan = { ...claimed, content };
    const request = describeOrphan(orphan, prices);
    await database.turns.finishTurn({
      accountId: orphan.account_id,
      turnId: orphan.turn_id,
      leaseOwner: processId,
      content: orphan.content,
      status: orphan.content === '' ? 'error' : 'partial',
      metadata: { finish_reason: 'error', error_code: 'INTERNAL_ERROR' },
      request,
    });
    metrics.countCall(request);
    log.warn(
      { account: orphan.account_slug, agent: orphan.agent_instance_slug, turn_id: orphan.turn_id },
      'ended a turn whose process had gone',
    );
  }
}

function describeOrphan(orphan: OrphanedTurn, prices: PriceList) {
  const { call } = orphan;
  return describeCall({
    id: call.requestId,
    context: {
      accountSlug: orphan.account_slug,
      agentInstanceId: orphan.agent_instance_id,
      agentInstanceSlug: orphan.agent_instance_slug,
      agentType: orphan.agent_type,
      sessionId: orphan.session_id,
      turnId: orphan.turn_id,
    },
    provider: call.provider,
    model: call.model,
    request: { messages: [], temperature: 0, maxTokens: 0, passages: [] },
    promptTokens: call.promptTokens,
    text: orphan.content,
    outcome: {
      status: orphan.content === '' ? 'error' : 'partial',
      finishReason: 'error',
      modelAnswered: null,
      responseId: null,
      usage: null,
      errorKind: 'lost',
    },
    prices,
    latencyMs: Math.max(0, Date.now() - Date.parse(call.startedAt)),
    timeToFirstTokenMs: null,
  });
}
