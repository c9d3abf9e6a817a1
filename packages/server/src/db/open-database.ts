import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.ts';
import { embeddedAdapter, openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { openPool, postgresAdapter, withMigrationLock } from './postgres.ts';
import { runOnEmbedded, runOnPool, type RunStatement } from './run-statement.ts';
import { createPersonScope, type PersonScope } from './person-scope.ts';
import { createTenantScope, type TenantScope } from './tenant-scope.ts';
import { createConversationReads, type ConversationReads } from './conversation-reads.ts';
import { createTurnStatements, type TurnStatements } from './turn-statements.ts';
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
  readonly conversations: ConversationReads;
  readonly visitors: VisitorStatements;
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
      return createDatabase('embedded', adapter, runOnEmbedded(pglite), await migrate(adapter, folder), close);
    } catch (error) {
      await close();
      throw error;
    }
  }
  const migrated = await withMigrationLock(options.url, (adapter) => migrate(adapter, folder));
  const pool = openPool(options.url, options.maxConnections ?? 10);
  // Without a listener a broken idle connection would end the process; the next query reports the trouble.
  pool.on('error', () => {});
  return createDatabase('postgres', postgresAdapter(pool), runOnPool(pool), migrated, () => pool.end());
}

function createDatabase(
  kind: Database['kind'],
  adapter: SqlMigrationAwareDriverAdapterFactory,
  run: RunStatement,
  migrated: string[],
  closeDriver: () => Promise<void>,
): Database {
  const prisma = new PrismaClient({ adapter });
  return {
    kind,
    migrated,
    ...createTenantScope(prisma),
    ...createPersonScope(prisma),
    turns: createTurnStatements(run),
    conversations: createConversationReads(prisma),
    visitors: createVisitorStatements(run),
    async ping() {
      await prisma.$queryRaw`SELECT 1`;
    },
    async close() {
      await prisma.$disconnect();
      await closeDriver();
    },
  };
}
