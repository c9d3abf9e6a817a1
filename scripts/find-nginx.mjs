import { findProgram } from './toolchain/find-program.mjs';

/** Path of `nginx`, for tests through a real proxy. */
export function findNginx() {
  return findProgram({ name: 'nginx', variable: 'SALIENT_TEST_NGINX', package: 'nginx' });
}
