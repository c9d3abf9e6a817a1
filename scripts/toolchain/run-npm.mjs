import { runCommand } from './run-command.mjs';

/**
 * Installs packages into a folder of their own below `.tools`, away from the project's dependencies.
 *
 * @param {string} folder
 * @param {string[]} packages name@version each
 */
export function npmInstall(folder, packages) {
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  return runNpm(['install', '--prefix', folder, ...quiet, ...packages]);
}

/** @param {string[]} npmArguments */
function runNpm(npmArguments) {
  // Set when npm started us. Running its script with node spares Windows the .cmd shim, which spawn refuses.
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('npm-cli.js')) return runCommand(process.execPath, [npmScript, ...npmArguments]);
  return runCommand('npm', npmArguments, { shell: process.platform === 'win32' });
}
