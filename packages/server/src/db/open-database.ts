import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.ts';
import { embeddedAdapter, openEmbedded } from './embedded.ts';
import { isMigrated, migrate } from './migrate.ts';
import { refreshStatistics } from './refresh-statistics.ts';
import { openPool, postgresAdapter, withMigrationLock } from './postgres.ts';
import { createFindApiKey, type FindApiKey } from './find-api-key.ts';
import { createLimitStatements, type LimitStatements } from './limit-statements.ts';
import { createPersonScope, type PersonScope } from './person-scope.ts';
import {
  runOnEmbedded,
  runOnPool,
  runTentativelyOnEmbedded,
  runTentativelyOnPool,
  type RunStatement,
  type RunTentatively,
} from './run-statement.ts';
import { createTenantScope, type TenantScope } from './tenant-scope.ts';
import { createConversationReads, type ConversationReads } from './conversation-reads.ts';
import { createBudgetStatements, type BudgetStatements } from './budget-statements.ts';
import { createTurnStatements, type TurnStatements } from './turn-statements.ts';
import { createUsageReads, type UsageReads } from './usage-reads.ts';
import { createVisitorStatements, type VisitorStatements } from './visitor-statements.ts';

export interface DatabaseOptions {
  /** `postgresql://...`; null for the embedded database. */
  url: string | null;
  /** Where the embedded database lives; `memory://` keeps it in memory. */
  dataDirectory: string;
  /** Folder with `schema.prisma` and `migrations/`. */
  prismaDirectory: string;
  /** Size of the connection pool. Default 10. */
  maxConnections?: number;
}

/** The only way to the data. The Prisma client itself stays inside this folder. */
export interface Database extends TenantScope, PersonScope {
  readonly kind: 'postgres' | 'embedded';
  readonly turns: TurnStatements;
  readonly limits: LimitStatements;
  readonly budgets: BudgetStatements;
  readonly conversations: ConversationReads;
  readonly usage: UsageReads;
  readonly findApiKey: FindApiKey;
  readonly visitors: VisitorStatements;
  /** Names of the migrations applied while opening. */
  readonly migrated: string[];
  /** Tells the planner about tables that have grown, as `refreshStatistics` says. */
  refreshStatistics(): Promise<string[]>;
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database and brings it to the newest migration. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const folder = { directory: options.prismaDirectory };
  if (options.url === null) {
    const { pglite, close } = await openEmbedded(options.dataDirectory);
    try {
      const adapter = embeddedAdapter(pglite);
      const run = runOnEmbedded(pglite);
      const migrated = (await isMigrated(run, folder)) ? [] : await migrate(adapter, folder);
      const statements = { run, tentatively: runTentativelyOnEmbedded(pglite) };
      return createDatabase('embedded', adapter, statements, migrated, close);
    } catch (error) {
      await close();
      throw error;
    }
  }
  const pool = openPool(options.url, options.maxConnections ?? 10);
  // Without a listener a broken idle connection would end the process; the next query reports the trouble.
  pool.on('error', () => {});
  try {
    const run = runOnPool(pool);
    const migrated = (await isMigrated(run, folder))
      ? []
      : await withMigrationLock(options.url, (adapter) => migrate(adapter, folder));
    const statements = { run, tentatively: runTentativelyOnPool(pool) };
    return createDatabase('postgres', postgresAdapter(pool), statements, migrated, () => pool.end());
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function createDatabase(
  kind: Database['kind'],
  adapter: SqlMigrationAwareDriverAdapterFactory,
  { run, tentatively }: { run: RunStatement; tentatively: RunTentatively },
  migrated: string[],
  closeDriver: () => Promise<void>,
): Database {
  const prisma = new PrismaClient({ adapter });
  return {
    kind,
    migrated,
    ...createTenantScope(prisma),
    ...createPersonScope(prisma),
    turns: createTurnStatements(run, tentatively),
    limits: createLimitStatements(run),
    budgets: createBudgetStatements(run),
    conversations: createConversationReads(prisma),
    usage: createUsageReads(run),
    findApiKey: createFindApiKey(run),
    visitors: createVisitorStatements(run),
    refreshStatistics: () => refreshStatistics(run),
    async ping() {
      await prisma.$queryRaw`SELECT 1`;
    },
    async close() {
      await prisma.$disconnect();
      await closeDriver();
    },
  };
}
