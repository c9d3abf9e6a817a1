import { existsSync } from 'node:fs';
import { runCommand } from './run-command.mjs';

/** Whether this process may install system packages: root on Debian or something made from it. */
export function canAptInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Another apt, such as the system's own updates, may be at work. */
const waitForOthers = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * @param {string[]} packages
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runCommand('apt-get', [...waitForOthers, 'update'], { env });
  if (update.code !== 0) return update;
  return runCommand('apt-get', [...waitForOthers, 'install', '-y', '--no-install-recommends', ...packages], { env });
}
