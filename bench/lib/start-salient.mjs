import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './start-program.mjs';
import { writeSalientSettings } from './write-salient-settings.mjs';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
const serverProgram = new URL('../../packages/server/dist/main.js', import.meta.url);

export function requireBuiltServer() {
  if (!existsSync(serverProgram)) throw new Error('packages/server/dist/main.js is missing. Run: pnpm build');
}

/**
 * Starts the built server twice, as in production: once on an empty database, then on what that start left. The second
 * one keeps running.
 *
 * @param {string} upstreamUrl
 * @param {string | null} databaseUrl null: the embedded database
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {Record<string, unknown>} [chat] settings
 * @returns {Promise<{ program: import('./start-program.mjs').Program, emptyStartMs: number }>}
 */
export async function startSalient(upstreamUrl, databaseUrl, cleanup, chat = {}) {
  const { start } = await prepareSalient(upstreamUrl, databaseUrl, cleanup, chat);
  const first = await start();
  await first.stop();
  return { program: await start(), emptyStartMs: first.startMs };
}

/**
 * Writes the settings of a server that can then be started any number of times.
 *
 * @param {string} upstreamUrl
 * @param {string | null} databaseUrl null: the embedded database
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @param {Record<string, unknown>} [chat] settings
 * @returns {Promise<{ configsDirectory: string, start: () => Promise<import('./start-program.mjs').Program> }>}
 */
export async function prepareSalient(upstreamUrl, databaseUrl, cleanup, chat = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'salient-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const { file, configsDirectory } = await writeSalientSettings(folder, upstreamUrl, chat);
  const environment = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    SALIENT_SECRET: randomBytes(32).toString('hex'),
    SALIENT_DATA_DIR: join(folder, 'data'),
    SALIENT_CONFIG: file,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  };
  return {
    configsDirectory,
    start: () => startProgram(cleanup, serverProgram, { environment, cwd: projectRoot }),
  };
}
