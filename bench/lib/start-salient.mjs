import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './start-program.mjs';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
const serverProgram = new URL('../../packages/server/dist/main.js', import.meta.url);

/** What the suites ask for: one agent each, named after its model. */
const MODELS = ['instant', 'paced-20', 'paced-20x2'];

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
 * @returns {Promise<{ program: import('./start-program.mjs').Program, emptyStartMs: number }>}
 */
export async function startSalient(upstreamUrl, databaseUrl, cleanup) {
  const folder = await mkdtemp(join(tmpdir(), 'salient-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const environment = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    SALIENT_SECRET: randomBytes(32).toString('hex'),
    SALIENT_DATA_DIR: join(folder, 'data'),
    SALIENT_CONFIG: await writeSettings(folder, upstreamUrl),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  };

  const first = await startProgram(cleanup, serverProgram, { environment, cwd: projectRoot });
  await first.stop();
  const program = await startProgram(cleanup, serverProgram, { environment, cwd: projectRoot });
  return { program, emptyStartMs: first.startMs };
}

/**
 * Writes app.yaml and the agents. Every JSON file is also a YAML file.
 *
 * @param {string} folder
 * @param {string} upstreamUrl
 */
async function writeSettings(folder, upstreamUrl) {
  const configsDirectory = join(folder, 'agents');
  for (const model of MODELS) {
    const agentFolder = join(configsDirectory, 'bench', model);
    await mkdir(agentFolder, { recursive: true });
    await writeFile(join(agentFolder, 'config.yaml'), JSON.stringify(agentConfig(upstreamUrl, model)));
    await writeFile(join(agentFolder, 'system_prompt.md'), 'You answer questions of visitors.\n');
  }
  const file = join(folder, 'app.yaml');
  await writeFile(file, JSON.stringify({ agents: { configs_directory: configsDirectory } }));
  return file;
}

/**
 * @param {string} upstreamUrl
 * @param {string} model
 */
function agentConfig(upstreamUrl, model) {
  return {
    agent_type: 'simple_chat',
    display_name: `Bench ${model}`,
    llm: { inference_provider: 'openai_compatible', base_url: `${upstreamUrl}/v1`, model },
    tools: { vector_search: { enabled: false } },
    // One machine asks for everybody.
    rate_limits: { max_requests_per_minute: 10_000_000, max_tokens_per_hour: 1_000_000_000 },
  };
}
