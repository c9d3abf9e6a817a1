import { findPostgres } from '../find-postgres.mjs';
import { exitWithError } from './explained-error.mjs';
import { installDependencies } from './install-dependencies.mjs';

/** Everything from a fresh clone to checked: gets what is missing, then does what `pnpm check` does. */
export async function testEverything() {
  try {
    await installDependencies();
    // Before the slow steps, so that a machine without one hears of it at once.
    if (!process.env.SALIENT_TEST_DATABASE_URL) await findPostgres();
  } catch (error) {
    exitWithError(error);
  }
  await import('../check.mjs');
}
