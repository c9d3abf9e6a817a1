import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configOf,
  createAgent,
  greetingOf,
  openShop,
  refusalOf,
  type ManagedAgent,
} from '../../../test/agent-console.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { createLog } from '../../log.ts';
import { createFoundAgents } from '../agents/index.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

describe('an agent made over the API', () => {
  it('serves at once, without any file, as its template and its overrides say', async () => {
    const { shop, keeper } = await openShop(server);
    const agent = await createAgent(keeper, shop, {
      instance_slug: 'desk',
      agent_type: 'sales',
      display_name: 'The Desk',
      configuration: { llm: { inference_provider: 'local' }, system_prompt: 'Sell.', widget: { greeting: 'Welcome' } },
    });
    expect(agent).toMatchObject({ status: 'active', origin: 'api', created_by: keeper.id, config_version: 1 });
    expect(await greetingOf(server, shop, 'desk')).toBe('Welcome');
    const reply = await createVisitor(server.url).chat(`/accounts/${shop}/agents/desk`, { message: 'Hello' });
    expect(reply.message.content).not.toBe('');
    const { config } = await server.running.directory.get(shop, 'desk');
    expect(config).toMatchObject({ agentType: 'sales', displayName: 'The Desk', systemPrompt: 'Sell.' });
    expect(await (await keeper.fetch(`/accounts/${shop}/admin/agents/${agent.id}`)).json()).toEqual(agent);
  });

  it('gets nothing from a folder of its name, now or at the next start', async () => {
    const { shop, keeper } = await openShop(server);
    const folder = path.join(server.configsDirectory, shop, 'desk');
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'config.yaml'),
      'llm: { api_key_env: OPERATORS_KEY }\nwidget: { greeting: Of the folder }',
    );
    await writeFile(path.join(folder, 'system_prompt.md'), 'A prompt of the operator.');
    const agent = await createAgent(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    expect(await greetingOf(server, shop, 'desk')).not.toBe('Of the folder');
    let logged = '';
    const folders = {
      configsDirectory: server.configsDirectory,
      templatesDirectory: path.join(projectDirectory, 'config/agent_templates'),
      projectDirectory,
    };
    const log = createLog('warn', { write: (line: string) => void (logged += line) });
    await createFoundAgents(server.running.database, folders, 'enterprise', log);
    await server.running.directory.refresh();
    expect(logged).toContain('folder ignored: an agent of that name was made over the API');
    expect(await greetingOf(server, shop, 'desk')).not.toBe('Of the folder');
    const shown = JSON.stringify(await configOf(keeper, `/accounts/${shop}/admin/agents/${agent.id}`));
    expect(shown).not.toContain('operator');
    expect(shown).not.toContain('OPERATORS_KEY');
  });

  it('has a slug of its own, and a type and keys that there are', async () => {
    const { shop, keeper } = await openShop(server);
    await createAgent(keeper, shop, { instance_slug: 'desk', configuration: { llm: { inference_provider: 'local' } } });
    const answers = [];
    for (const body of [
      { instance_slug: 'desk', configuration: { llm: { inference_provider: 'local' } } },
      { instance_slug: '../desk' },
      { instance_slug: 'other', agent_type: 'butler' },
      { instance_slug: 'other', configuration: { llm: { modle: 'm' }, widget: { radius: 99 } } },
      { instance_slug: 'other', configuration: { llm: { inference_provider: 'openai_compatible', model: 'm' } } },
      { instance_slug: 'other', account_id: randomUUID() },
      {},
    ]) {
      answers.push(await refusalOf(await keeper.send('POST', `/accounts/${shop}/admin/agents`, body)));
    }
    expect(answers.map(([status, code]) => `${status} ${code}`)).toEqual(answers.map(() => '422 VALIDATION_ERROR'));
    expect(answers.map(([, , detail]) => detail)).toMatchInlineSnapshot(`
      [
        "instance_slug: is taken, perhaps by a deleted agent. Choose another one.",
        "instance_slug: must be 1 to 64 letters, digits, - or _.",
        "agent_type: Invalid option: expected one of "simple_chat"|"sales"|"research"|"rag"|"digital_expert".",
        "llm.modle: unknown key; widget.radius: Too big: expected number to be <=40.",
        "llm.inference_provider: openai_compatible needs an address that only whoever runs the server can set.",
        "body: Unrecognized key: "account_id".",
        "instance_slug: is required.",
      ]
    `);
  });

  it('is one of as many as the tier has room for, also when twenty are made at once', async () => {
    const { shop, keeper } = await openShop(server);
    const address = `/accounts/${shop}/admin/agents`;
    const configuration = { llm: { inference_provider: 'local' } };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        keeper.send('POST', address, { instance_slug: `agent-${index}`, configuration }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(2);
    expect(statuses.filter((status) => status === 403)).toHaveLength(18);
    const refused = answers.find(({ status }) => status === 403)!;
    expect(await refusalOf(refused)).toEqual([
      403,
      'FORBIDDEN',
      'The free tier of this account has room for 2 agents. Delete one, or move to a larger tier.',
    ]);
    const { agents, max_agents: most } = (await (await keeper.fetch(address)).json()) as {
      agents: ManagedAgent[];
      max_agents: number;
    };
    expect([agents.length, most]).toEqual([2, 2]);

    // One that is deleted makes room, and finds none when it comes back.
    expect((await keeper.send('DELETE', `${address}/${agents[0]!.id}`)).status).toBe(204);
    await createAgent(keeper, shop, { instance_slug: 'next', configuration });
    expect(
      await refusalOf(await keeper.send('PATCH', `${address}/${agents[0]!.id}`, { status: 'active' })),
    ).toMatchObject([403, 'FORBIDDEN', expect.stringContaining('room for 2 agents')]);
  });
});
