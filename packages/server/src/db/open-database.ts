import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.ts';
import { embeddedAdapter, openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPool, postgresAdapter, withMigrationLock } from './postgres.ts';
import { createLimitStatements, type LimitStatements } from './limit-statements.ts';
import {
  runOnEmbedded,
  runOnPool,
  runTentativelyOnEmbedded,
  runTentativelyOnPool,
  type RunStatement,
  type RunTentatively,
} from './run-statement.ts';
import { createPersonScope, type PersonScope } from './person-scope.ts';
import { createTenantScope, type TenantScope } from './tenant-scope.ts';
import { createConversationReads, type ConversationReads } from './conversation-reads.ts';
import { createTurnStatements, type TurnStatements } from './turn-statements.ts';

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
  readonly conversations: ConversationReads;
  /** Names of the migrations applied while opening. */
  readonly migrated: string[];
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
      const run = { run: runOnEmbedded(pglite), tentatively: runTentativelyOnEmbedded(pglite) };
      return createDatabase('embedded', adapter, run, await migrate(adapter, folder), close);
    } catch (error) {
      await close();
      throw error;
    }
  }
  const migrated = await withMigrationLock(options.url, (adapter) => migrate(adapter, folder));
  const pool = openPool(options.url, options.maxConnections ?? 10);
  // Without a listener a broken idle connection would end the process; the next query reports the trouble.
  pool.on('error', () => {});
  const run = { run: runOnPool(pool), tentatively: runTentativelyOnPool(pool) };
  return createDatabase('postgres', postgresAdapter(pool), run, migrated, () => pool.end());
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
    conversations: createConversationReads(prisma),
    async ping() {
      await prisma.$queryRaw`SELECT 1`;
    },
    async close() {
      await prisma.$disconnect();
      await closeDriver();
    },
  };
}
