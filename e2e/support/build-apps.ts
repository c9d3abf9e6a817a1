import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../scripts/toolchain/run-command.mjs';

const e2eFolder = fileURLToPath(new URL('..', import.meta.url));
const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url));

export const packageNames = ['widget', 'react', 'vue'] as const;
export type PackageName = (typeof packageNames)[number];

export interface BuiltApps {
  /** What `npm publish` would upload. */
  tarballs: Record<PackageName, string>;
  /** With the packages installed, and built into `dist/`. Below `e2e`, whose Vite, React and Vue they use. */
  folderOf(app: 'react-app' | 'vue-app'): string;
  remove(): Promise<void>;
}

/** Packs the packages as for publishing, installs them into two small apps, and builds those. */
export async function buildApps(): Promise<BuiltApps> {
  await mkdir(join(e2eFolder, '.apps'), { recursive: true });
  const folder = await mkdtemp(join(e2eFolder, '.apps', 'run-'));
  const tarballs = {} as Record<PackageName, string>;
  for (const name of packageNames)
    tarballs[name] = await pack(join(packagesFolder, name, 'package'), join(folder, name));
  const folderOf = (app: string) => join(folder, app);
  for (const [app, wrapper] of [
    ['react-app', 'react'],
    ['vue-app', 'vue'],
  ] as const) {
    await cp(join(e2eFolder, 'packages', app), folderOf(app), { recursive: true });
    // Nothing is fetched: what a package needs but did not bring or name would be missing.
    const quiet = ['--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...quiet, tarballs.widget, tarballs[wrapper]], folderOf(app));
    await run(process.execPath, [viteProgram(), 'build', '--logLevel=warn'], folderOf(app));
  }
  return { tarballs, folderOf, remove: () => rm(folder, { recursive: true }) };
}

/** Runs a program to its end; what it printed if it failed. */
export async function run(program: string, programArguments: string[], cwd: string): Promise<string> {
  const { code, output } = await runCommand(program, programArguments, { cwd, shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`${program} ${programArguments.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

async function pack(folder: string, destination: string): Promise<string> {
  if (!existsSync(folder)) throw new Error(`${folder} is missing. Run: pnpm build:packages`);
  await mkdir(destination);
  await run('npm', ['pack', '--pack-destination', destination, '--loglevel=error'], folder);
  const [file = ''] = await readdir(destination);
  return join(destination, file);
}

function viteProgram(): string {
  return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
}
