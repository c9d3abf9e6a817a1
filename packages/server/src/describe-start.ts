import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import { unpricedModels } from './features/usage/index.ts';
import type { RunningServer } from './start-server.ts';

/** What a newcomer reads when the server has started: what to open, and who answers. */
export async function describeStart(
  { url, database, directory, models, prices }: RunningServer,
  config: Config,
  log: Logger,
): Promise<string> {
  const agents = await database.asWorker((tx) =>
    tx.agentInstance.findMany({
      where: { status: 'active', account: { status: 'active' } },
      orderBy: [{ account: { slug: 'asc' } }, { instanceSlug: 'asc' }],
      take: 20,
      select: { instanceSlug: true, account: { select: { slug: true } } },
    }),
  );
  const lines = await Promise.all(
    agents.map(async ({ instanceSlug, account }) => {
      const name = `${account.slug}/${instanceSlug}`.padEnd(32);
      try {
        const { config: agent } = await directory.get(account.slug, instanceSlug);
        const { provider, model, reason } = models.answererOf(agent);
        const who =
          provider === 'local' ? 'local: quotes its own knowledge, no language model' : `${provider}: ${model}`;
        const unpriced = unpricedModels([agent.llm, ...agent.llm.fallbacks], prices);
        const warning =
          unpriced.length > 0
            ? `\n  ${''.padEnd(32)}no price known for ${unpriced.join(', ')}: see config/pricing.yaml`
            : '';
        return `  ${name}${who}${reason ? ` (${reason})` : ''}${warning}`;
      } catch (error) {
        log.error({ account: account.slug, agent: instanceSlug, err: error }, 'agent misconfigured');
        return `  ${name}misconfigured: see the log`;
      }
    }),
  );
  const data = database.kind === 'embedded' ? `embedded, in ${config.dataDirectory}` : 'PostgreSQL';
  return [
    '',
    `Salient is listening on ${url}`,
    '',
    `  ${url}/demo/          start here`,
    `  ${url}/demo/widget    the widget on a sample shop`,
    `  Database: ${data}`,
    '',
    'Who answers:',
    ...lines,
    '',
  ].join('\n');
}
