import pg from 'pg';
import { startPostgres } from '../../scripts/start-postgres.mjs';

/**
 * A PostgreSQL of our own.
 *
 * @typedef {object} Databases
 * @property {(name: string) => Promise<string>} create an empty database; resolves to its address
 */

/**
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<Databases>} rejects with one line that says why there is none
 */
export async function startDatabases(cleanup) {
  // It may name a server that holds something; thousands of answers are to be written.
  delete process.env.SALIENT_TEST_DATABASE_URL;
  const { url, stop } = await startPostgres();
  cleanup.add(stop);
  return {
    async create(name) {
      // Commits wait for the log to be written, as in production; only that it reaches the disk is left out.
      const commands = [`CREATE DATABASE ${name}`, `ALTER DATABASE ${name} SET synchronous_commit = on`];
      for (const command of commands) await runSql(url, command);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
  };
}

/**
 * Runs one statement on a connection of its own.
 *
 * @param {string} url
 * @param {string} sql
 * @param {unknown[]} [values]
 * @returns {Promise<any[]>} its rows
 */
export async function runSql(url, sql, values = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
