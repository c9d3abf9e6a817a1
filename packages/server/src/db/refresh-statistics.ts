import type { RunStatement } from './run-statement.ts';

/** Rows below which it does not matter what the planner believes. */
const FEW_ROWS = 50;

/**
 * Analyzes the tables that have grown to more than twice of what the planner believes they are. Connections keep their
 * plans until then, and one made while a table was next to empty may read all rows of an account for each look-up.
 * PostgreSQL's own autovacuum comes once a minute, and never to the embedded database.
 *
 * @returns the names of the tables
 */
export async function refreshStatistics(run: RunStatement): Promise<string[]> {
  const outgrown = await run<{ name: string }>(
    `SELECT quote_ident(pg_class.relname) AS name FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
      WHERE schemaname = current_schema() AND n_live_tup > $1 + 2 * greatest(reltuples, 0) ORDER BY 1`,
    [FEW_ROWS],
  );
  for (const { name } of outgrown) await run(`ANALYZE ${name}`, []);
  return outgrown.map(({ name }) => name);
}
