import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/**
 * Runs one statement as the database's own client does. `json` values come parsed. Each call is one round trip and, outside
 * of functions that say otherwise, nobody's account: only for statements that call a function which sets role and account.
 */
export type RunStatement = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

/** Without a name, so that a pooler may give every statement another connection. */
export function runOnPool(pool: Pool): RunStatement {
  return async <Row>(text: string, values: unknown[]) => (await pool.query(text, values)).rows as Row[];
}

/** Waits for transactions under way, as everything does there. */
export function runOnEmbedded(pglite: PGlite): RunStatement {
  return async <Row>(text: string, values: unknown[]) => (await pglite.query<Row>(text, values)).rows;
}
