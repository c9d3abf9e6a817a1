import { AppError } from '../../errors.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { isSlug } from './slug.ts';

/**
 * Which pages may show the iframe wrapper with this agent: those that may use the agent, and this server's own. An agent
 * that does not exist, or cannot be read, is shown by nobody.
 *
 * @param account from the wrapper's address; undefined means what the wrapper takes it to mean
 * @returns sources of the CSP directive `frame-ancestors`; empty: nobody
 */
export function createFindFramers(directory: AgentDirectory) {
  return async (account: unknown = 'default_account', agent: unknown = 'simple_chat1'): Promise<string[]> => {
    if (typeof account !== 'string' || typeof agent !== 'string' || !isSlug(account) || !isSlug(agent)) return [];
    try {
      const { allowedOrigins } = (await directory.get(account, agent)).config;
      return allowedOrigins.length > 0 ? ["'self'", ...allowedOrigins] : ['*'];
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  };
}
