// Runs after every install. Hooks are for people who commit: not for CI, and not for a copy without its repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './toolchain/project-root.mjs';
import { runCommand } from './toolchain/run-command.mjs';

if (!process.env.CI && existsSync(join(projectRoot, '.git'))) {
  const { code, output } = await runCommand('lefthook', ['install'], { shell: process.platform === 'win32' });
  // A repository that cannot take hooks (read-only, or git missing) can still be built and run.
  if (code !== 0) console.warn(`Git hooks were not installed:\n${output.trim()}`);
}
