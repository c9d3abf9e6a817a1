import { AppError } from '../../errors.ts';
import type { Database } from '../../db/index.ts';
import { agentNotFound, listAgents, type Agent, type AgentDirectory } from '../agents/index.ts';
import { sendMessage, type ConversationDependencies, type SentMessage } from '../conversations/index.ts';
import type { KeyHolder } from '../keys/index.ts';
import { knownSender } from '../sessions/index.ts';
import type { Limit } from '../../limits/index.ts';
import { getSession, keepOrgId, newSessionKey, sessionNotFound, type FoundSession } from './machine-session.ts';
import type { MachineMessage } from './schemas.ts';

export interface MachineDependencies {
  database: Database;
  directory: AgentDirectory;
  conversations: ConversationDependencies;
  secret: string;
  /** Of turns, for each key. Null: none. */
  limit: Limit | null;
}

/** What a machine has sent, and where. */
export interface SentByMachine extends SentMessage {
  agent: Agent;
  sessionKey: string;
  orgId: string | null;
}

/**
 * Sends a message into a session that was begun by a key of this account, or begins one.
 *
 * @throws {AppError} NOT_FOUND for any other session, AGENT_NOT_FOUND, and what `sendMessage` throws
 */
export async function sendAsMachine(
  dependencies: MachineDependencies,
  key: KeyHolder,
  body: MachineMessage,
): Promise<SentByMachine> {
  const { database, secret, limit } = dependencies;
  const given = body.org_id ?? null;
  const clientMessageId = body.client_message_id ?? null;
  const session = body.session_id ? await findOwnSession(database, key, body.session_id, given) : null;
  const agent = await enterAgent(dependencies, key, session, body.agent ?? null);
  const sessionKey =
    session?.sessionKey ?? newSessionKey(secret, key, { agentInstanceId: agent.id, orgId: given, clientMessageId });

  const sent = await sendMessage(dependencies.conversations, {
    agent,
    sender: knownSender(sessionKey),
    message: body.message,
    clientMessageId,
    replaces: null,
    context: null,
    consent: null,
    network: null,
    claims: limit ? [{ limit, key: key.id, cost: 1 }] : [],
  });
  if (given !== null && session?.orgId !== given) {
    await keepOrgId(database, key.accountId, sent.ids.session_id, given);
  }
  return { ...sent, agent, sessionKey, orgId: given ?? session?.orgId ?? null };
}

/** A visitor's conversation is read by machines, never gone on with: nobody puts words into a visitor's mouth. */
async function findOwnSession(
  database: Database,
  key: KeyHolder,
  id: string,
  orgId: string | null,
): Promise<FoundSession> {
  const session = await getSession(database, key, id);
  const isOthers = orgId !== null && session.orgId !== null && session.orgId !== orgId;
  if (!session.isMachines || session.endedAt !== null || isOthers) throw sessionNotFound();
  return session;
}

async function enterAgent(
  { database, directory }: MachineDependencies,
  key: KeyHolder,
  session: FoundSession | null,
  named: string | null,
): Promise<Agent> {
  const slug = session?.agentSlug ?? named ?? (await findFirstAgent(database, directory, key));
  if (session && named !== null && named !== slug) {
    throw new AppError('VALIDATION_ERROR', 'agent: must be the one that the session is with, or left out.');
  }
  const agent = await directory.get(key.accountSlug, slug);
  if (key.agentInstanceId !== null && agent.id !== key.agentInstanceId) throw agentNotFound();
  return agent;
}

/** The one the key is for, else the account's first by name. */
async function findFirstAgent(database: Database, directory: AgentDirectory, key: KeyHolder): Promise<string> {
  const { accountId, agentInstanceId: id } = key;
  if (id !== null) {
    const own = await database.withAccount(accountId, (tx) => tx.agentInstance.findFirst({ where: { accountId, id } }));
    if (!own) throw agentNotFound();
    return own.instanceSlug;
  }
  const [first] = await listAgents(database, directory, key.accountSlug);
  if (!first) throw agentNotFound();
  return first.instance_slug;
}
