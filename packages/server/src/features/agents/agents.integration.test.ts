import { unlink } from 'node:fs/promises';
import path from 'node:path';
import type { AgentSummary, ErrorBody } from '@salient/shared-types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openAgentWorlds, type AgentWorlds } from '../../../test/agent-world.ts';
import { startTestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { createLastUsed, listAgents } from './index.ts';

let worlds: AgentWorlds;

beforeAll(async () => {
  worlds = await openAgentWorlds();
});

afterEach(() => worlds.removeFiles());
afterAll(() => worlds.close());

describe('folders found at the start', () => {
  it('become accounts and agents, active, named as their files say', async () => {
    const world = await worlds.create({
      'found/account.yaml': 'name: Found Incorporated',
      'found/one/config.yaml': 'agent_type: sales\ndisplay_name: The One',
      'found/two/config.yaml': '',
      'found/no-config/system_prompt.md': 'Not an agent.',
      'unnamed/only/config.yaml': '',
    });
    await world.start();
    expect(await accountNamed('found')).toEqual({
      name: 'Found Incorporated',
      status: 'active',
      agents: [
        { instanceSlug: 'one', agentType: 'sales', displayName: 'The One', status: 'active' },
        { instanceSlug: 'two', agentType: 'simple_chat', displayName: 'two', status: 'active' },
      ],
    });
    expect((await accountNamed('unnamed'))?.name).toBe('unnamed');
  });

  it('are created once: afterwards the row decides, and a deleted row is found anew', async () => {
    const world = await worlds.create({ 'once/one/config.yaml': '', 'once/two/config.yaml': '' });
    await world.start();
    const first = await accountNamed('once');
    await world.start();
    expect(await accountNamed('once')).toEqual(first);

    await worlds.inAccount('once', (tx) =>
      tx.agentInstance.updateMany({ where: { instanceSlug: 'one' }, data: { status: 'paused', displayName: 'Kept' } }),
    );
    await worlds.asOwner(`DELETE FROM agent_instances WHERE instance_slug = 'two' AND display_name = 'two'`);
    await world.start();
    expect((await accountNamed('once'))?.agents).toMatchObject([
      { instanceSlug: 'one', status: 'paused', displayName: 'Kept' },
      { instanceSlug: 'two', status: 'active' },
    ]);
    await expect(world.directory.get('once', 'one')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect((await world.directory.get('once', 'two')).config.displayName).toBe('two');
  });

  it('do not stop each other when one is broken or wrongly named', async () => {
    const world = await worlds.create({
      'mixed/broken/config.yaml': 'display_name: A\nagent_typ: sales\n',
      'mixed/good/config.yaml': '',
      'mixed/bad name/config.yaml': '',
      'badly-named/account.yaml': 'nam: X',
      'badly-named/one/config.yaml': '',
    });
    await world.start();
    expect((await accountNamed('mixed'))?.agents.map(({ instanceSlug }) => instanceSlug)).toEqual(['broken', 'good']);
    expect(await accountNamed('badly-named')).toBeNull();
    expect(world.problems()).toEqual([
      `${world.file('badly-named/account.yaml')}:1: name: Invalid input: expected string, received undefined\n` +
        `${world.file('badly-named/account.yaml')}:1: nam: unknown key`,
      `${world.file('mixed/broken/config.yaml')}:2: agent_typ: unknown key`,
    ]);
    expect(world.logs()).toContain('"agent":"bad name"');
  });

  it('whose files are broken are agents that answer AGENT_MISCONFIGURED until they are mended', async () => {
    const world = await worlds.create({ 'unread/one/config.yaml': 'agent_type: [oops' });
    await world.start();
    expect((await accountNamed('unread'))?.agents).toEqual([
      { instanceSlug: 'one', agentType: 'simple_chat', displayName: 'one', status: 'active' },
    ]);
    await expect(world.directory.get('unread', 'one')).rejects.toMatchObject({
      code: 'AGENT_MISCONFIGURED',
      status: 500,
    });

    await world.write('unread/one/config.yaml', 'agent_type: rag\ndisplay_name: Mended\n');
    expect((await world.directory.get('unread', 'one')).config).toMatchObject({
      agentType: 'rag',
      displayName: 'Mended',
    });
  });
});

describe('an agent', () => {
  it('is its template, under its file, under its row', async () => {
    const world = await worlds.create({
      'templates/sales.yaml': 'llm: { temperature: 0.6, max_tokens: 1200 }\nwidget: { greeting: From the template }',
      'layers/one/config.yaml': 'agent_type: sales\nllm: { inference_provider: openai, model: m, max_tokens: 10 }',
      'layers/one/system_prompt.md': '\nBe brief.\n',
    });
    await world.start();
    await worlds.override('layers', 'one', { llm: { temperature: 0 } });
    const { config } = await world.directory.get('layers', 'one');
    expect(config).toMatchObject({
      agentType: 'sales',
      systemPrompt: 'Be brief.',
      llm: { inferenceProvider: 'openai', model: 'm', temperature: 0, maxTokens: 10 },
      widget: { greeting: 'From the template' },
      historyLimit: 50,
      sources: { inference_provider: 'file', max_tokens: 'file', temperature: 'database', history_limit: 'default' },
    });
  });

  it('is misconfigured by overrides that only the operator may set, and the log says which', async () => {
    const world = await worlds.create({ 'reach/one/config.yaml': '' });
    await world.start();
    await worlds.override('reach', 'one', {
      llm: { base_url: 'https://evil.example/v1' },
      knowledge: { include: ['.env'] },
    });
    const error = await world.directory.get('reach', 'one').catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'AGENT_MISCONFIGURED', status: 500 });
    expect((error as Error).message).not.toContain('base_url');
    expect(((error as Error).cause as Error).message).toMatchInlineSnapshot(`
      "agent_instances.configuration of reach/one:3: llm.base_url: unknown key
      agent_instances.configuration of reach/one:5: knowledge: unknown key"
    `);
  });

  it('is misconfigured by a type nobody knows', async () => {
    const world = await worlds.create({ 'typeless/one/config.yaml': '' });
    await world.start();
    await worlds.inAccount('typeless', (tx) => tx.agentInstance.updateMany({ data: { agentType: '../secrets' } }));
    const error = await world.directory.get('typeless', 'one').catch((caught: unknown) => caught as Error);
    expect(((error as Error).cause as Error).message).toMatchInlineSnapshot(
      `"agent_instances.agent_type of typeless/one: must be one of simple_chat, sales, research, rag, digital_expert"`,
    );
  });
});

describe('last use', () => {
  const lastUsedAt = async (account: string) =>
    (await worlds.inAccount(account, (tx) => tx.agentInstance.findMany({ orderBy: { instanceSlug: 'asc' } }))).map(
      (row) => row.lastUsedAt,
    );

  it('is written for all agents in one statement, by flush alone, and survives one that fails', async () => {
    const world = await worlds.create({ 'used/one/config.yaml': '', 'used/two/config.yaml': '' });
    await world.start();
    const [one, two] = [await world.directory.get('used', 'one'), await world.directory.get('used', 'two')];
    const lastUsed = createLastUsed(world.database);
    world.calls.clear();
    await lastUsed.flush();
    const before = Date.now();
    for (let request = 0; request < 100; request += 1) lastUsed.touch(one.id);
    expect([...world.calls]).toEqual([]);

    const outage = new Error('away');
    world.failNext(outage);
    await expect(lastUsed.flush()).rejects.toBe(outage);
    lastUsed.touch(two.id);
    world.calls.clear();
    await lastUsed.flush();
    await lastUsed.flush();
    expect([...world.calls]).toEqual([['asWorker', 1]]);
    const written = await lastUsedAt('used');
    for (const at of written) {
      expect(at?.getTime()).toBeGreaterThanOrEqual(before);
      expect(at?.getTime()).toBeLessThanOrEqual(Date.now());
    }
    expect(written).toHaveLength(2);
  });

  it('never goes back', async () => {
    const world = await worlds.create({ 'back/one/config.yaml': '' });
    await world.start();
    const { id } = await world.directory.get('back', 'one');
    const later = new Date(Date.now() + 60_000);
    await worlds.inAccount('back', (tx) => tx.agentInstance.updateMany({ data: { lastUsedAt: later } }));
    await createLastUsedNow(id);
    expect(await lastUsedAt('back')).toEqual([later]);
  });
});

describe('the list of agents', () => {
  it('names the active ones, as their configuration names them, and the broken by their rows', async () => {
    const world = await worlds.create({
      'listed/b/config.yaml': 'agent_type: sales\ndisplay_name: The B',
      'listed/a/config.yaml': 'display_name: The A',
      'listed/paused/config.yaml': '',
      'listed/broken/config.yaml': 'display_name: Row name',
    });
    await world.start();
    await worlds.inAccount('listed', (tx) =>
      tx.agentInstance.updateMany({ where: { instanceSlug: 'paused' }, data: { status: 'paused' } }),
    );
    await world.write('listed/a/config.yaml', 'display_name: Edited A');
    await world.write('listed/broken/config.yaml', 'nonsense: 1');
    const unused = { status: 'active', last_used_at: null };
    expect(await listAgents(worlds.database, world.directory, 'listed')).toEqual([
      { instance_slug: 'a', agent_type: 'simple_chat', display_name: 'Edited A', ...unused },
      { instance_slug: 'b', agent_type: 'sales', display_name: 'The B', ...unused },
      { instance_slug: 'broken', agent_type: 'simple_chat', display_name: 'Row name', ...unused },
    ]);
    await worlds.asOwner(`UPDATE accounts SET status = 'suspended' WHERE slug = 'listed'`);
    for (const account of ['listed', 'nobody']) {
      await expect(listAgents(worlds.database, world.directory, account)).rejects.toMatchObject({
        code: 'ACCOUNT_NOT_FOUND',
      });
    }
  });
});

describe('over HTTP', () => {
  it('answers unknown, paused and suspended alike, lists agents, and takes up edited knowledge', async () => {
    const local = { config: { llm: { inference_provider: 'local' } } };
    const server = await startTestServer({
      agents: [
        {
          account: 'acme',
          agent: 'helper',
          ...local,
          knowledge: { 'returns.md': '# Returns\n\nSend things back within thirty days.' },
        },
        { account: 'acme', agent: 'paused', ...local },
        { account: 'suspended', agent: 'helper', ...local },
      ],
    });
    try {
      const visitor = createVisitor(server.url);
      const { directory, database: own } = server.running;
      const ask = async (message: string) =>
        (await visitor.chat('/accounts/acme/agents/helper', { message })).message.content;
      expect(await ask('How do I send things back?')).toContain('thirty days');
      await visitor.fetch('/accounts/acme/agents/paused/config');
      await visitor.fetch('/accounts/suspended/agents/helper/config');
      await own.withAccountSlug('acme', (tx) =>
        tx.agentInstance.updateMany({ where: { instanceSlug: 'paused' }, data: { status: 'paused' } }),
      );
      await own.withAccountSlug('suspended', (tx) => tx.account.updateMany({ data: { status: 'suspended' } }));
      await directory.refresh();

      const answers = (...addresses: string[]) =>
        Promise.all(
          addresses.map(async (address) => {
            const response = await visitor.fetch(address);
            const { request_id: _, ...body } = (await response.json()) as ErrorBody;
            return [response.status, body];
          }),
        );
      const [unknownAgent, paused] = await answers(
        '/accounts/acme/agents/nobody/config',
        '/accounts/acme/agents/paused/config',
      );
      expect(paused).toEqual(unknownAgent);
      expect(unknownAgent).toMatchInlineSnapshot(`
        [
          404,
          {
            "code": "AGENT_NOT_FOUND",
            "detail": "There is no such agent. Check the agent name in the address.",
            "error": "Agent not found",
          },
        ]
      `);
      const [unknownAccount, suspended] = await answers(
        '/accounts/nobody/agents/helper/config',
        '/accounts/suspended/agents/helper/config',
      );
      expect(suspended).toEqual(unknownAccount);
      expect(unknownAccount).toMatchInlineSnapshot(`
        [
          404,
          {
            "code": "ACCOUNT_NOT_FOUND",
            "detail": "There is no such account. Check the account name in the address.",
            "error": "Account not found",
          },
        ]
      `);

      await server.writeAgent({
        account: 'acme',
        agent: 'helper',
        ...local,
        knowledge: { 'returns.md': '# Returns\n\nSend things back within ninety days.' },
      });
      await directory.refresh();
      expect(await ask('How do I send things back?')).toContain('ninety days');
      await server.writeAgent({
        account: 'acme',
        agent: 'helper',
        ...local,
        knowledge: { 'parking.md': '# Parking\n\nThe garage is behind the shop.' },
      });
      await directory.refresh();
      expect(await ask('Where is the garage for parking?')).toContain('behind the shop');
      await unlink(path.join(server.configsDirectory, 'acme/helper/knowledge/returns.md'));
      await directory.refresh();
      expect(await ask('How do I send things back?')).not.toContain('days');

      const list = (await (await visitor.fetch('/accounts/acme/agents')).json()) as AgentSummary[];
      expect(list).toMatchObject([{ instance_slug: 'helper', agent_type: 'simple_chat', status: 'active' }]);
    } finally {
      await server.stop();
    }
  }, 60_000);
});

function accountNamed(slug: string) {
  return worlds.database.withAccountSlug(slug, async (tx, { name, status }) => ({
    name,
    status,
    agents: await tx.agentInstance.findMany({
      orderBy: { instanceSlug: 'asc' },
      select: { instanceSlug: true, agentType: true, displayName: true, status: true },
    }),
  }));
}

async function createLastUsedNow(agentId: string): Promise<void> {
  const lastUsed = createLastUsed(worlds.database);
  lastUsed.touch(agentId);
  await lastUsed.flush();
}
