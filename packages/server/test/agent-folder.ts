import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { GENEROUS_AGENT, generousLimits } from './generous-limits.ts';
import { ACCOUNT_TIERS } from '../src/account-tiers.ts';
import { projectDirectory } from './project-directory.ts';

/** Only the tests of budgets want to run into one. */
const NO_LIMITS = { daily_usd: null, monthly_usd: null, visitor_daily_usd: null };

/** An agent's folder. `config` goes over the defaults below. */
export interface TestAgent {
  account: string;
  agent: string;
  config?: Record<string, unknown>;
  /** Goes over the defaults of `llm`, key by key. */
  llm?: Record<string, unknown>;
  /** File name to Markdown. */
  knowledge?: Record<string, string>;
  systemPrompt?: string;
}

/** A folder of its own with app.yaml and agents. */
export interface AgentFolder {
  /** Removed with everything in it by `remove`. */
  directory: string;
  configsDirectory: string;
  /** For `SALIENT_CONFIG`. */
  appFile: string;
  /** Writes an agent's files, now or over the old ones. */
  writeAgent: (agent: TestAgent) => Promise<void>;
  remove(): Promise<void>;
}

/**
 * @param agents answered by the provider at `providerUrl`, unless their `config` says otherwise
 * @param app over the defaults of app.yaml
 */
export async function createAgentFolder(
  providerUrl: string,
  agents: readonly TestAgent[],
  app: Record<string, unknown> = {},
): Promise<AgentFolder> {
  const directory = await mkdtemp(path.join(tmpdir(), 'salient-agents-'));
  const configsDirectory = path.join(directory, 'agents');
  const appFile = path.join(directory, 'app.yaml');
  await mkdir(configsDirectory, { recursive: true });
  const writeAgent = (agent: TestAgent) => writeAgentFiles(configsDirectory, agent, providerUrl);
  for (const agent of agents) await writeAgent(agent);
  await writeFile(
    appFile,
    stringify({
      llm: { local_words_per_second: 0 },
      budgets: { tiers: Object.fromEntries(ACCOUNT_TIERS.map((tier) => [tier, NO_LIMITS])) },
      ...app,
      retention: { erasures_file: path.join(directory, 'erasures.jsonl'), ...(app['retention'] as object | undefined) },
      people: { confirm_email: 'always', ...(app['people'] as object | undefined) },
      limits: generousLimits(app['limits'] as Record<string, unknown> | undefined),
      agents: {
        configs_directory: configsDirectory,
        templates_directory: path.join(projectDirectory, 'config/agent_templates'),
      },
    }),
  );
  return {
    directory,
    configsDirectory,
    appFile,
    writeAgent,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function writeAgentFiles(directory: string, agent: TestAgent, providerUrl: string): Promise<void> {
  const folder = path.join(directory, agent.account, agent.agent);
  await mkdir(path.join(folder, 'knowledge'), { recursive: true });
  const config = {
    agent_type: 'simple_chat',
    display_name: `${agent.agent} of ${agent.account}`,
    llm: { inference_provider: 'openai_compatible', base_url: providerUrl, model: 'echo', ...agent.llm },
    rate_limits: GENEROUS_AGENT,
    ...agent.config,
  };
  await writeFile(path.join(folder, 'config.yaml'), stringify(config));
  if (agent.systemPrompt) await writeFile(path.join(folder, 'system_prompt.md'), agent.systemPrompt);
  for (const [name, text] of Object.entries(agent.knowledge ?? {})) {
    await writeFile(path.join(folder, 'knowledge', name), text);
  }
}
