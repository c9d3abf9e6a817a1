import { findProgram } from './toolchain/find-program.mjs';

/** Path of `pgbouncer`, for tests through a real pooler. */
export function findPgbouncer() {
  return findProgram({ name: 'pgbouncer', variable: 'SALIENT_TEST_PGBOUNCER', package: 'pgbouncer' });
}
