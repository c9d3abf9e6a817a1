import type { Database } from '../src/db/index.ts';

/**
 * Runs SQL as the owner of the data, past row-level security, over the running server's own connection: the embedded
 * database has no other.
 */
export function queryAsOwnerOf<Row>(database: Database, sql: string): Promise<Row[]> {
  return database.asWorker(async (tx) => {
    await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
    return tx.$queryRawUnsafe<Row[]>(sql);
  });
}

/** Every row of every table, as JSON text: what a thief of the database would hold. Equal dumps mean nothing changed. */
export async function dumpTables(database: Database): Promise<Record<string, string[]>> {
  const tables = await queryAsOwnerOf<{ name: string }>(
    database,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  const dump: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await queryAsOwnerOf<{ row: string }>(
      database,
      `SELECT to_jsonb(t)::text AS row FROM "${name}" t ORDER BY 1`,
    );
    dump[name] = rows.map(({ row }) => row);
  }
  return dump;
}
