import type { AppSettings } from '../../config.ts';
import type { Database } from '../../db/index.ts';
import type { AgentDirectory } from '../agents/index.ts';

/** What editing agents needs. */
export interface AgentAdminDependencies {
  database: Database;
  directory: AgentDirectory;
  tiers: AppSettings['tiers'];
}
