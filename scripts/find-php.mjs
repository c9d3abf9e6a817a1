import { findProgram } from './toolchain/find-program.mjs';

/** Path of `php`, for the tests of the WordPress plugin and of the examples in docs/. The command line is enough. */
export function findPhp() {
  return findProgram({ name: 'php', variable: 'SALIENT_TEST_PHP', package: 'php-cli' });
}
