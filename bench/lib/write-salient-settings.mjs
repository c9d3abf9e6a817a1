import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentOf } from './wires.mjs';

/** What the suites ask for: two agents each, one without knowledge and one with. */
const MODELS = ['instant', 'paced-20', 'paced-20x2', 'paced-20x60', 'paced-20x100', 'paced-20x1000', 'paced-0.06x2'];

const KNOWLEDGE = ['Return policy', 'Shipping', 'Warranty', 'Payment methods', 'Bulk discounts', 'Opening hours'].map(
  (title) =>
    `# ${title}\n\nHow ${title.toLowerCase()} works.\n\n${['Europe', 'America', 'Asia']
      .map(
        (place) =>
          `## In ${place}\n\nOur ${title.toLowerCase()} in ${place} is simple: write to us within thirty days.`,
      )
      .join('\n\n')}\n`,
);

const PLENTY = 100_000_000;
/** One machine asks for everybody. */
const LIMITS = {
  address: {
    turns_per_minute: PLENTY,
    turns_per_hour: PLENTY,
    changes_per_minute: PLENTY,
    requests_per_minute: PLENTY,
  },
  agent: { turns_per_minute: PLENTY, tokens_per_hour: PLENTY },
  account: { turns_per_hour: PLENTY },
};

/**
 * Writes app.yaml and the agents. Every JSON file is also a YAML file.
 *
 * @param {string} folder
 * @param {string} upstreamUrl
 * @param {Record<string, unknown>} chat
 * @returns {Promise<string>} the path of app.yaml
 */
export async function writeSalientSettings(folder, upstreamUrl, chat) {
  const configsDirectory = join(folder, 'agents');
  for (const model of MODELS) {
    await writeAgent(join(configsDirectory, 'bench', agentOf(model)), agentConfig(upstreamUrl, model, false));
    const knowing = join(configsDirectory, 'bench', agentOf(model, true));
    await writeAgent(knowing, agentConfig(upstreamUrl, model, true));
    await mkdir(join(knowing, 'knowledge'));
    for (const [index, text] of KNOWLEDGE.entries()) await writeFile(join(knowing, 'knowledge', `${index}.md`), text);
  }
  const file = join(folder, 'app.yaml');
  await writeFile(file, JSON.stringify({ agents: { configs_directory: configsDirectory }, chat, limits: LIMITS }));
  return file;
}

/**
 * @param {string} folder
 * @param {object} config
 */
async function writeAgent(folder, config) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'system_prompt.md'), 'You answer questions of visitors.\n');
}

/**
 * @param {string} upstreamUrl
 * @param {string} model
 * @param {boolean} knowing
 */
function agentConfig(upstreamUrl, model, knowing) {
  return {
    agent_type: 'simple_chat',
    display_name: `Bench ${model}`,
    llm: { inference_provider: 'openai_compatible', base_url: `${upstreamUrl}/v1`, model },
    tools: { vector_search: { enabled: knowing } },
    rate_limits: { max_requests_per_minute: PLENTY, max_tokens_per_hour: PLENTY },
  };
}
