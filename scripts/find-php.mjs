import { aptInstall, canAptInstall } from './toolchain/apt-install.mjs';
import { ExplainedError } from './toolchain/explained-error.mjs';
import { findOnPath, isExecutable } from './toolchain/find-on-path.mjs';

/**
 * A PHP for the tests of the WordPress plugin: the one SALIENT_PHP names, the machine's, else, as root on Debian, the
 * system's package.
 *
 * @returns {Promise<string>} path of the program
 */
export async function ensurePhp() {
  const found = findPhp();
  if (found) return found;

  if (canAptInstall()) await aptInstall(['php-cli']);
  const installed = findPhp();
  if (installed) return installed;

  throw new ExplainedError(
    'No PHP for the tests of the WordPress plugin: install php (the command line is enough), or name one as ' +
      'SALIENT_PHP=/path/to/php',
  );
}

function findPhp() {
  const given = process.env.SALIENT_PHP;
  if (given && !isExecutable(given)) throw new ExplainedError(`SALIENT_PHP is not a program that can be run: ${given}`);
  return (
    given || findOnPath(['php', 'php8.4', 'php8.3', 'php8.2'], ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'])
  );
}
