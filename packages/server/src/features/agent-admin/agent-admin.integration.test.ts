import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorBody } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../../../test/project-directory.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import type { z } from 'zod';
import { createLog } from '../../log.ts';
import { createFoundAgents } from '../agents/index.ts';
import type { agentConfigSchema, configVersionSchema, configVersionsSchema, managedAgentSchema } from './replies.ts';

type ManagedAgent = z.output<typeof managedAgentSchema>;
type Config = z.output<typeof agentConfigSchema>;

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ agents: [{ account: 'acme', agent: 'helper', systemPrompt: 'From the file.' }] });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

/** An account of the tier `free`, and its owner. */
async function openShop(): Promise<{ shop: string; keeper: Person }> {
  const shop = `shop-${randomUUID().slice(0, 8)}`;
  await server.running.database.withNewAccount({ slug: shop, name: shop }, () => Promise.resolve());
  return { shop, keeper: await createPerson(server, { account: shop }) };
}

async function made(person: Person, account: string, body: object): Promise<ManagedAgent> {
  const response = await person.send('POST', `/accounts/${account}/admin/agents`, body);
  expect(response.status).toBe(201);
  return (await response.json()) as ManagedAgent;
}

async function errorOf(response: Response): Promise<[number, string, string]> {
  const { code, detail } = (await response.json()) as ErrorBody;
  return [response.status, code, detail];
}

/** Puts overrides over whatever is there, or over the version that is named. */
async function put(person: Person, address: string, overrides: object, ifMatch = '*'): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', 'If-Match': ifMatch };
  return person.fetch(`${address}/config`, { method: 'PUT', headers, body: JSON.stringify(overrides) });
}

async function configOf(person: Person, address: string): Promise<Config> {
  return (await (await person.fetch(`${address}/config`)).json()) as Config;
}

async function helperAddress(): Promise<string> {
  const { agents } = (await (await owner.fetch('/accounts/acme/admin/agents')).json()) as { agents: ManagedAgent[] };
  return `/accounts/acme/admin/agents/${agents.find(({ instance_slug: slug }) => slug === 'helper')?.id}`;
}

async function greetingOf(account: string, agent: string): Promise<string> {
  const response = await fetch(`${server.url}/accounts/${account}/agents/${agent}/config`);
  return ((await response.json()) as { greeting: string }).greeting;
}

describe('an agent made over the API', () => {
  it('serves at once, without any file, as its template and its overrides say', async () => {
    const { shop, keeper } = await openShop();
    const agent = await made(keeper, shop, {
      instance_slug: 'desk',
      agent_type: 'sales',
      display_name: 'The Desk',
      configuration: { llm: { inference_provider: 'local' }, system_prompt: 'Sell.', widget: { greeting: 'Welcome' } },
    });
    expect(agent).toMatchObject({ status: 'active', origin: 'api', created_by: keeper.id, config_version: 1 });
    expect(await greetingOf(shop, 'desk')).toBe('Welcome');
    const reply = await createVisitor(server.url).chat(`/accounts/${shop}/agents/desk`, { message: 'Hello' });
    expect(reply.message.content).not.toBe('');
    const { config } = await server.running.directory.get(shop, 'desk');
    expect(config).toMatchObject({ agentType: 'sales', displayName: 'The Desk', systemPrompt: 'Sell.' });
    expect(await (await keeper.fetch(`/accounts/${shop}/admin/agents/${agent.id}`)).json()).toEqual(agent);
  });

  it('gets nothing from a folder of its name, now or at the next start', async () => {
    const { shop, keeper } = await openShop();
    const folder = path.join(server.configsDirectory, shop, 'desk');
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'config.yaml'),
      'llm: { api_key_env: OPERATORS_KEY }\nwidget: { greeting: Of the folder }',
    );
    await writeFile(path.join(folder, 'system_prompt.md'), 'A prompt of the operator.');
    const agent = await made(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    expect(await greetingOf(shop, 'desk')).not.toBe('Of the folder');
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
    expect(await greetingOf(shop, 'desk')).not.toBe('Of the folder');
    const shown = JSON.stringify(await configOf(keeper, `/accounts/${shop}/admin/agents/${agent.id}`));
    expect(shown).not.toContain('operator');
    expect(shown).not.toContain('OPERATORS_KEY');
  });

  it('has a slug of its own, and a type and keys that there are', async () => {
    const { shop, keeper } = await openShop();
    await made(keeper, shop, { instance_slug: 'desk', configuration: { llm: { inference_provider: 'local' } } });
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
      answers.push(await errorOf(await keeper.send('POST', `/accounts/${shop}/admin/agents`, body)));
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
    const { shop, keeper } = await openShop();
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
    expect(await errorOf(refused)).toEqual([
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
    await made(keeper, shop, { instance_slug: 'next', configuration });
    expect(
      await errorOf(await keeper.send('PATCH', `${address}/${agents[0]!.id}`, { status: 'active' })),
    ).toMatchObject([403, 'FORBIDDEN', expect.stringContaining('room for 2 agents')]);
  });
});

describe('the life of an agent', () => {
  it('is paused, resumed, renamed, deleted and brought back, as visitors notice, and all of it is in the audit log (A1)', async () => {
    const { shop, keeper } = await openShop();
    const agent = await made(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    const health = async () => (await fetch(`${server.url}/accounts/${shop}/agents/desk/health`)).status;
    expect(await health()).toBe(200);

    for (const [change, status] of [
      [{ status: 'paused' }, 404],
      [{ status: 'active' }, 200],
      [{ status: 'deleted' }, 404],
      [{ status: 'active', display_name: 'New name' }, 200],
    ] as const) {
      expect(await (await keeper.send('PATCH', address, change)).json()).toMatchObject(change);
      await expect.poll(health).toBe(status);
    }
    const listed = (await (await fetch(`${server.url}/accounts/${shop}/agents`)).json()) as { display_name: string }[];
    expect(listed.map(({ display_name: name }) => name)).toEqual(['New name']);
    expect((await keeper.send('DELETE', address)).status).toBe(204);
    expect((await keeper.send('DELETE', address)).status).toBe(204);

    const { events } = (await (await keeper.fetch(`/accounts/${shop}/admin/audit`)).json()) as {
      events: { action: string; before: object | null; after: object | null; actor: object }[];
    };
    expect(events.map(({ action }) => action).filter((action) => action.startsWith('agent.'))).toEqual([
      'agent.deleted',
      'agent.edited',
      'agent.deleted',
      'agent.edited',
      'agent.edited',
      'agent.created',
    ]);
    expect(events.find(({ action }) => action === 'agent.edited')).toMatchObject({
      before: { status: 'deleted', display_name: 'desk', config_version: 1 },
      after: { status: 'active', display_name: 'New name', config_version: 2 },
    });
  });

  it('is not ended by somebody who may only edit', async () => {
    const { shop, keeper } = await openShop();
    const agent = await made(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    const member = await createPerson(server, { account: shop, role: 'member' });
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    expect((await member.send('PATCH', address, { status: 'paused' })).status).toBe(200);
    expect(await errorOf(await member.send('PATCH', address, { status: 'deleted' }))).toMatchObject([
      403,
      'FORBIDDEN',
      /pause/,
    ]);
    expect(await (await member.fetch(address)).json()).toMatchObject({ status: 'paused' });
  });
});

describe('the configuration of an agent', () => {
  it('shows every setting with the layer it comes from, but none of the operator', async () => {
    const address = await helperAddress();
    await put(owner, address, { llm: { temperature: 1 } });
    const { overrides, settings, problem } = await configOf(owner, address);
    expect([overrides, problem]).toEqual([{ llm: { temperature: 1 } }, null]);
    expect(settings).toMatchObject({
      'llm.temperature': { value: 1, source: 'database' },
      'llm.inference_provider': { value: 'openai_compatible', source: 'file' },
      'llm.model': { value: 'echo', source: 'file' },
      system_prompt: { value: 'From the file.', source: 'file' },
      'widget.position': { value: 'bottom-right', source: 'template' },
      'widget.radius': { value: 16, source: 'default' },
      'context_management.history_limit': { value: expect.any(Number) },
      'widget.title': { value: 'helper of acme' },
    });
    expect(JSON.stringify(settings)).not.toContain(server.provider.baseUrl);
    expect(Object.keys(settings ?? {}).filter((key) => /base_url|api_key_env|knowledge/.test(key))).toEqual([]);
  });

  it('is in force without a restart', async () => {
    const address = await helperAddress();
    expect((await put(owner, address, { widget: { greeting: 'Edited' } })).status).toBe(200);
    await expect.poll(() => greetingOf('acme', 'helper'), { interval: 50 }).toBe('Edited');
  });

  it('refuses what is broken with every key named, and the last good one goes on', async () => {
    const address = await helperAddress();
    await put(owner, address, { widget: { greeting: 'Good' } });
    await expect.poll(() => greetingOf('acme', 'helper')).toBe('Good');
    const before = await configOf(owner, address);
    const answers = [];
    for (const overrides of [
      { llm: { temperature: 3, modle: 'm' }, widget: { greeting: 'Bad' } },
      { agent_type: 'butler' },
      { allowed_origins: ['https://*.co.uk'] },
      { feature_flags: { 'Not A Name': true } },
      { llm: { inference_provider: 'together', model: null } },
    ]) {
      answers.push(await errorOf(await put(owner, address, overrides)));
    }
    expect(answers).toMatchInlineSnapshot(`
      [
        [
          422,
          "VALIDATION_ERROR",
          "llm.temperature: Too big: expected number to be <=2; llm.modle: unknown key.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "agent_type: Invalid option: expected one of "simple_chat"|"sales"|"research"|"rag"|"digital_expert".",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "allowed_origins.0: must name a domain of its own after *., not an ending that others register names under.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "feature_flags.Not A Name: must be a name such as enable_feedback.",
        ],
        [
          422,
          "VALIDATION_ERROR",
          "llm.model: Invalid input: expected string, received null.",
        ],
      ]
    `);
    expect(await configOf(owner, address)).toEqual(before);
    await server.running.directory.refresh();
    expect(await greetingOf('acme', 'helper')).toBe('Good');
  });

  it('never takes from an account what reaches into the server', async () => {
    const address = await helperAddress();
    const before = await configOf(owner, address);
    const details = [];
    for (const overrides of [
      { llm: { base_url: 'https://evil.example/v1' } },
      { llm: { api_key_env: 'SALIENT_SECRET' } },
      { knowledge: { include: ['.env'] } },
      { account: 'rival' },
      { instance_name: 'rival' },
    ]) {
      const [status, code, detail] = await errorOf(await put(owner, address, overrides));
      expect([status, code]).toEqual([422, 'VALIDATION_ERROR']);
      details.push(detail);
    }
    expect(details).toMatchInlineSnapshot(`
      [
        "llm.base_url: only whoever runs the server may set it.",
        "llm.api_key_env: only whoever runs the server may set it.",
        "knowledge: only whoever runs the server may set it.",
        "account: only whoever runs the server may set it.",
        "instance_name: only whoever runs the server may set it.",
      ]
    `);
    expect(await configOf(owner, address)).toEqual(before);
  });

  it('says what is wrong with a row that was broken by hand', async () => {
    const { shop, keeper } = await openShop();
    const agent = await made(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    await queryAsOwnerOf(
      server.running.database,
      `UPDATE agent_instances SET configuration = '{"llm": {"base_url": "http://10.0.0.1"}}' WHERE id = '${agent.id}'`,
    );
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    expect(await configOf(keeper, address)).toMatchObject({
      version: 2,
      settings: null,
      problem: 'llm.base_url: only whoever runs the server may set it',
    });
    expect((await put(keeper, address, { llm: { inference_provider: 'local' } }, '"2"')).status).toBe(200);
    expect(await configOf(keeper, address)).toMatchObject({ version: 3, problem: null });
  });

  it('loses no update: of two that begin with the same version one is refused', async () => {
    const address = await helperAddress();
    const read = await owner.fetch(`${address}/config`);
    const etag = read.headers.get('ETag')!;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put(owner, address, { widget: { greeting: `Writer ${index}` } }, etag)),
    );
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await configOf(owner, address)).toMatchObject({ overrides: { widget: { greeting: `Writer ${winner}` } } });
    expect(await errorOf(answers.find(({ status }) => status === 412)!)).toMatchObject([
      412,
      'VERSION_CONFLICT',
      /version \d/,
    ]);

    const bare = await owner.send('PUT', `${address}/config`, {});
    expect(await errorOf(bare)).toMatchObject([422, 'VALIDATION_ERROR', /^If-Match: is required/]);
    expect(await errorOf(await put(owner, address, {}, 'W/"1"'))).toMatchObject([
      422,
      'VALIDATION_ERROR',
      /^If-Match: /,
    ]);
  });

  it('is kept in versions that say who changed what, and brought back', async () => {
    const { shop, keeper } = await openShop();
    const first = {
      display_name: 'Desk',
      llm: { inference_provider: 'local' },
      feature_flags: { enable_feedback: true },
    };
    const agent = await made(keeper, shop, { instance_slug: 'desk', configuration: first });
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    await put(
      keeper,
      address,
      { llm: { inference_provider: 'local', temperature: 1 }, widget: { starters: ['One'] } },
      '"1"',
    );
    // The same again is no version.
    await put(
      keeper,
      address,
      { llm: { inference_provider: 'local', temperature: 1 }, widget: { starters: ['One'] } },
      '"2"',
    );

    const version = await keeper.fetch(`${address}/config/versions/2`);
    expect((await version.json()) as z.output<typeof configVersionSchema>).toMatchObject({
      version: 2,
      created_by: keeper.id,
      reverted_to: null,
      changes: [
        { key: 'display_name', before: 'Desk' },
        { key: 'feature_flags.enable_feedback', before: true },
        { key: 'llm.temperature', after: 1 },
        { key: 'widget.starters', after: ['One'] },
      ],
    });

    const headers = { 'Content-Type': 'application/json', 'If-Match': '"2"' };
    const revert = { method: 'POST', headers, body: JSON.stringify({ version: 1 }) };
    const reverted = await keeper.fetch(`${address}/config/revert`, revert);
    expect(reverted.headers.get('ETag')).toBe('"3"');
    expect(await reverted.json()).toMatchObject({ version: 3, overrides: first });
    expect((await keeper.fetch(`${address}/config/revert`, revert)).status).toBe(412);
    const { versions } = (await (await keeper.fetch(`${address}/config/versions`)).json()) as z.output<
      typeof configVersionsSchema
    >;
    expect(versions.map(({ version: number, reverted_to: to }) => [number, to])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
    expect(await errorOf(await keeper.fetch(`${address}/config/versions/9`))).toMatchObject([
      404,
      'NOT_FOUND',
      /version/,
    ]);

    const { events } = (await (await keeper.fetch(`/accounts/${shop}/admin/audit`)).json()) as {
      events: { action: string; before: object | null; after: object | null }[];
    };
    expect(events.slice(0, 2)).toMatchObject([
      { action: 'agent.config_reverted', before: { version: 2 }, after: { version: 3 } },
      {
        action: 'agent.config_changed',
        before: { version: 1, display_name: '"Desk"' },
        after: { version: 2, 'llm.temperature': '1', 'widget.starters': '["One"]' },
      },
    ]);
  });

  it('versions never change, and come by hand as well', async () => {
    const { database } = server.running;
    const address = await helperAddress();
    const [{ id: accountId } = { id: '' }] = await queryAsOwnerOf<{ id: string }>(
      database,
      `SELECT id FROM accounts WHERE slug = 'acme'`,
    );
    const { version } = await configOf(owner, address);
    await database.withAccount(accountId, (tx) =>
      tx.agentInstance.updateMany({
        where: { instanceSlug: 'helper' },
        data: { configuration: { display_name: 'By hand' } },
      }),
    );
    expect(await (await owner.fetch(`${address}/config/versions/${version + 1}`)).json()).toMatchObject({
      created_by: null,
      overrides: { display_name: 'By hand' },
    });
    for (const change of [
      `UPDATE agent_config_versions SET configuration = '{}'`,
      `DELETE FROM agent_config_versions`,
    ]) {
      await expect(database.withAccount(accountId, (tx) => tx.$executeRawUnsafe(change))).rejects.toThrow(/denied/);
    }
  });
});

describe("another account's agent (T1)", () => {
  it('does not exist, by whatever address', async () => {
    const { keeper, shop } = await openShop();
    const id = (await helperAddress()).split('/').at(-1)!;
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { status: 'paused' }],
      ['DELETE', '', undefined],
      ['GET', '/config', undefined],
      ['PUT', '/config', {}],
      ['GET', '/config/versions', undefined],
      ['GET', '/config/versions/1', undefined],
      ['POST', '/config/revert', { version: 1 }],
    ] as const) {
      const ask = async (agentId: string) => {
        const response = await keeper.fetch(`/accounts/${shop}/admin/agents/${agentId}${rest}`, {
          method,
          headers: { 'Content-Type': 'application/json', 'If-Match': '*' },
          ...(body && { body: JSON.stringify(body) }),
        });
        return errorOf(response);
      };
      const answered = await ask(id);
      expect([method, rest, answered[0], answered[1]]).toEqual([method, rest, 404, 'AGENT_NOT_FOUND']);
      expect(answered).toEqual(await ask(randomUUID()));
    }
  });
});
