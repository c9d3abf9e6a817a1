import { aptInstall, canAptInstall } from './apt-install.mjs';
import { ExplainedError } from './explained-error.mjs';
import { findOnPath, isExecutable } from './find-on-path.mjs';
import { runCommand } from './run-command.mjs';

/** Where Debian keeps servers, which an ordinary user's PATH leaves out. */
const usualFolders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/**
 * A server program that tests run: the one that an environment variable names, the machine's own, or, as root on Debian,
 * from the system's packages. The service that comes with a package is not wanted, so it is stopped.
 *
 * @param {{ name: string, variable: string, package: string }} program
 * @returns {Promise<string>} its path
 */
export async function findProgram({ name, variable, package: debianPackage }) {
  const given = process.env[variable];
  if (given && !isExecutable(given)) throw new ExplainedError(`${variable} is not a program that can be run: ${given}`);
  const found = given || findOnPath([name], usualFolders);
  if (found) return found;

  if (canAptInstall()) {
    await aptInstall([debianPackage]);
    await runCommand('service', [debianPackage, 'stop']);
    await runCommand('update-rc.d', [debianPackage, 'disable']);
  }
  const installed = findOnPath([name], usualFolders);
  if (installed) return installed;

  throw new ExplainedError(`No ${name} for the tests: install one, or name it as ${variable}=/path/to/${name}`);
}
