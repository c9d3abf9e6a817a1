import { startPostgres } from '../../scripts/start-postgres.mjs';

/**
 * Starts an empty PostgreSQL of our own.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<{ url: string } | { problem: string }>} problem: why there is none, in one line
 */
export async function startPostgresUnlessImpossible(cleanup) {
  // It may name a server that holds something; thousands of answers are to be written.
  delete process.env.SALIENT_TEST_DATABASE_URL;
  try {
    const { url, stop } = await startPostgres();
    cleanup.add(stop);
    return { url };
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message.trim().split('\n').at(-1) ?? '' };
  }
}
