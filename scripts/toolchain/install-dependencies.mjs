import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from './hash-files.mjs';
import { ensurePnpm, runPnpm } from './pnpm.mjs';
import { projectRoot } from './project-root.mjs';
import { runStep } from './run-step.mjs';
import { isStamped, stamp } from './stamp.mjs';

/** Installs exactly what the lockfile says; does nothing, and needs no network, when that is already in place. */
export async function installDependencies() {
  const wanted = `node ${process.versions.node.split('.')[0]} ${process.platform}-${process.arch} ${hashFiles(manifests())}`;
  if (isStamped('install', wanted)) return;
  await ensurePnpm();
  await runStep('install dependencies', () =>
    runPnpm([
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--prod=false',
      '--config.confirm-modules-purge=false',
    ]),
  );
  stamp('install', wanted);
}

function manifests() {
  const packages = readdirSync(join(projectRoot, 'packages')).map((name) => `packages/${name}`);
  const folders = ['.', ...packages, 'e2e', 'bench'];
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map((folder) => `${folder}/package.json`)];
}
