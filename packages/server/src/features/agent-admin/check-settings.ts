import { AppError } from '../../errors.ts';
import { agentMisconfigured, IncompleteConfigError, type AgentRow } from '../agents/index.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { toAgentRow } from './find-agent-row.ts';

/** An agent that is to be made. */
interface NewAgent {
  slug: string;
  agentType: string;
  displayName: string;
  overrides: object;
}

/** Makes sure that a new agent would be one. @throws {AppError} VALIDATION_ERROR, AGENT_MISCONFIGURED */
export async function checkSettings(
  dependencies: AgentAdminDependencies,
  accountId: string,
  { slug, agentType, displayName, overrides }: NewAgent,
): Promise<void> {
  const account = await dependencies.database.withAccount(accountId, (tx) =>
    tx.account.findUniqueOrThrow({ where: { id: accountId } }),
  );
  const row = { id: '', instanceSlug: slug, agentType, displayName, origin: 'api', configuration: overrides };
  await inspectOrRefuse(dependencies, toAgentRow(account, row));
}

/**
 * Reads an agent with overrides that are not stored yet.
 *
 * @throws {AppError} VALIDATION_ERROR naming the key that is missing; AGENT_MISCONFIGURED where a file of the operator is
 *   broken, which nobody can mend here
 */
export async function inspectOrRefuse({ directory }: AgentAdminDependencies, row: AgentRow): Promise<void> {
  try {
    await directory.inspect(row);
  } catch (error) {
    if (!(error instanceof IncompleteConfigError)) throw agentMisconfigured(error);
    throw new AppError('VALIDATION_ERROR', `${describeIncomplete(error)}.`);
  }
}

/** In words of somebody who may not set every key. */
export function describeIncomplete({ message }: IncompleteConfigError): string {
  return message.startsWith('llm.base_url:')
    ? 'llm.inference_provider: openai_compatible needs an address that only whoever runs the server can set'
    : message;
}
