import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/**
 * Runs one statement as the database's own client does. `json` values come parsed. Each call is one round trip and, outside
 * of functions that say otherwise, nobody's account: only for statements that call a function which sets role and account.
 */
export type RunStatement = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

/** The same in a transaction which is undone, with no rows to show, unless `keep` says otherwise. */
export type RunTentatively = <Row>(text: string, values: unknown[], keep: (rows: Row[]) => boolean) => Promise<Row[]>;

/** Without a name, so that a pooler may give every statement another connection. */
export function runOnPool(pool: Pool): RunStatement {
  return async <Row>(text: string, values: unknown[]) => (await pool.query(text, values)).rows as Row[];
}

/** Waits for transactions under way, as everything does there. */
export function runOnEmbedded(pglite: PGlite): RunStatement {
  return async <Row>(text: string, values: unknown[]) => (await pglite.query<Row>(text, values)).rows;
}

export function runTentativelyOnPool(pool: Pool): RunTentatively {
  return async <Row>(text: string, values: unknown[], keep: (rows: Row[]) => boolean) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const rows = (await client.query(text, values)).rows as Row[];
      const isKept = keep(rows);
      await client.query(isKept ? 'COMMIT' : 'ROLLBACK');
      client.release();
      return isKept ? rows : [];
    } catch (error) {
      // Whatever state the connection is in, nobody else gets it.
      client.release(true);
      throw error;
    }
  };
}

export function runTentativelyOnEmbedded(pglite: PGlite): RunTentatively {
  return <Row>(text: string, values: unknown[], keep: (rows: Row[]) => boolean) =>
    pglite.transaction(async (transaction) => {
      const { rows } = await transaction.query<Row>(text, values);
      if (keep(rows)) return rows;
      await transaction.rollback();
      return [];
    });
}
