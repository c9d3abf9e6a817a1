import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ExplainedError } from './explained-error.mjs';
import { projectRoot } from './project-root.mjs';
import { runCommand } from './run-command.mjs';
import { npmInstall } from './run-npm.mjs';

const ownFolder = join(projectRoot, '.tools', 'pnpm');
const ownBinaries = join(ownFolder, 'node_modules', '.bin');

/**
 * Makes `pnpm` a command for this process and its children: one of the right major on PATH, else the version that
 * package.json names, installed inside the project by npm. Nothing outside the project is touched.
 */
export async function ensurePnpm() {
  // Otherwise a pnpm of another minor would fetch itself in the version of package.json, outside the project.
  process.env.npm_config_manage_package_manager_versions = 'false';
  const wanted = wantedVersion();
  if (await isOnPath(wanted)) return;
  if (!isInstalled(wanted)) {
    const { code, output } = await npmInstall(ownFolder, [`pnpm@${wanted}`]);
    if (code !== 0)
      throw new ExplainedError(`${output.trim()}\nCould not install pnpm ${wanted} with npm (see above).`);
  }
  process.env.PATH = `${ownBinaries}${delimiter}${process.env.PATH ?? ''}`;
}

/**
 * Runs pnpm; call `ensurePnpm` first.
 *
 * @param {string[]} pnpmArguments
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runPnpm(pnpmArguments, options = {}) {
  return runCommand('pnpm', pnpmArguments, { shell: process.platform === 'win32', ...options });
}

function wantedVersion() {
  const { packageManager } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  return /** @type {string} */ (packageManager).replace('pnpm@', '');
}

/** @param {string} wanted */
async function isOnPath(wanted) {
  const { code, output } = await runPnpm(['--version']);
  return code === 0 && output.trim().split('.')[0] === wanted.split('.')[0];
}

/** @param {string} wanted */
function isInstalled(wanted) {
  const manifest = join(ownFolder, 'node_modules', 'pnpm', 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === wanted;
}
