import { findNginx } from '../find-nginx.mjs';
import { findPgbouncer } from '../find-pgbouncer.mjs';
import { findPhp } from '../find-php.mjs';
import { findPostgres } from '../find-postgres.mjs';
import { findRedis } from '../find-redis.mjs';
import { exitWithError } from './explained-error.mjs';
import { installDependencies } from './install-dependencies.mjs';

/** Everything from a fresh clone to checked: gets what is missing, then does what `pnpm check` does. */
export async function testEverything() {
  try {
    await installDependencies();
    // Before the slow steps, so that a machine without one of them hears of it at once.
    for (const find of [findPostgres, findRedis, findNginx, findPgbouncer, findPhp]) await find();
  } catch (error) {
    exitWithError(error);
  }
  await import('../check.mjs');
}
