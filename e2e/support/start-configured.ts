import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { appFile, startSalient, type RunningSalient } from './start-salient.ts';

export interface ConfiguredOptions {
  /** Words per second of the answers. Default: all at once. */
  readonly wordsPerSecond?: number;
  /** YAML of `config.yaml` by agent, of the account `shop`. */
  readonly agents: Record<string, string>;
}

const knowledge = `# Deliveries

${['First the parcel is packed.', 'Then it is weighed.', 'Then it is sent.', 'At last it arrives.'].join(' ').repeat(6)}
`;

/** A server with agents of its own, each of which knows a little about deliveries. `stop` removes everything. */
export async function startConfigured({ wordsPerSecond = 0, agents }: ConfiguredOptions): Promise<RunningSalient> {
  const folder = await mkdtemp(path.join(tmpdir(), 'salient-e2e-agents-'));
  const app = {
    ...(JSON.parse(await readFile(appFile, 'utf8')) as object),
    agents: { configs_directory: folder },
    llm: { local_words_per_second: wordsPerSecond },
  };
  for (const [agent, yaml] of Object.entries(agents)) {
    const own = path.join(folder, 'shop', agent);
    await mkdir(path.join(own, 'knowledge'), { recursive: true });
    await writeFile(path.join(own, 'config.yaml'), yaml);
    await writeFile(path.join(own, 'knowledge', 'deliveries.md'), knowledge);
  }
  const file = path.join(folder, 'app.yaml');
  await writeFile(file, JSON.stringify(app));
  const salient = await startSalient({ env: { SALIENT_CONFIG: file } });
  const stop = async () => {
    await salient.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...salient, stop };
}
