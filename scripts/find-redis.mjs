import { findProgram } from './toolchain/find-program.mjs';

/** Path of `redis-server`, for tests of several processes. */
export function findRedis() {
  return findProgram({ name: 'redis-server', variable: 'SALIENT_TEST_REDIS_SERVER', package: 'redis-server' });
}
