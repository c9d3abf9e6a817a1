import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentSummary, ErrorBody } from '@salient/shared-types';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../../../test/start-test-server.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { openDatabase, type Database } from '../../db/index.ts';
import { createLog } from '../../log.ts';
import { createAgentDirectory, createFoundAgents, createLastUsed, listAgents, type Agent } from './index.ts';

let testDatabase: TestDatabase;
let database: Database;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase(testDatabase);
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

describe('folders found at the start', () => {
  it('become accounts and agents, active, named as their files say', async () => {
    const world = await createWorld({
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
    const world = await createWorld({ 'once/one/config.yaml': '', 'once/two/config.yaml': '' });
    await world.start();
    const first = await accountNamed('once');
    await world.start();
    expect(await accountNamed('once')).toEqual(first);

    await inAccount('once', (tx) =>
      tx.agentInstance.updateMany({ where: { instanceSlug: 'one' }, data: { status: 'paused', displayName: 'Kept' } }),
    );
    await asOwner(`DELETE FROM agent_instances WHERE instance_slug = 'two' AND display_name = 'two'`);
    await world.start();
    expect((await accountNamed('once'))?.agents).toMatchObject([
      { instanceSlug: 'one', status: 'paused', displayName: 'Kept' },
      { instanceSlug: 'two', status: 'active' },
    ]);
    await expect(world.directory.get('once', 'one')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect((await world.directory.get('once', 'two')).config.displayName).toBe('two');
  });

  it('do not stop each other when one is broken or wrongly named', async () => {
    const world = await createWorld({
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
    const world = await createWorld({ 'unread/one/config.yaml': 'agent_type: [oops' });
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
    const world = await createWorld({
      'templates/sales.yaml': 'llm: { temperature: 0.6, max_tokens: 1200 }\nwidget: { greeting: From the template }',
      'layers/one/config.yaml': 'agent_type: sales\nllm: { inference_provider: openai, model: m, max_tokens: 10 }',
      'layers/one/system_prompt.md': '\nBe brief.\n',
    });
    await world.start();
    await override('layers', 'one', { llm: { temperature: 0 } });
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
    const world = await createWorld({ 'reach/one/config.yaml': '' });
    await world.start();
    await override('reach', 'one', { llm: { base_url: 'https://evil.example/v1' }, knowledge: { include: ['.env'] } });
    const error = await world.directory.get('reach', 'one').catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'AGENT_MISCONFIGURED', status: 500 });
    expect((error as Error).message).not.toContain('base_url');
    expect(((error as Error).cause as Error).message).toMatchInlineSnapshot(`
      "agent_instances.configuration of reach/one:3: llm.base_url: unknown key
      agent_instances.configuration of reach/one:5: knowledge: unknown key"
    `);
  });

  it('is misconfigured by a type nobody knows', async () => {
    const world = await createWorld({ 'typeless/one/config.yaml': '' });
    await world.start();
    await inAccount('typeless', (tx) => tx.agentInstance.updateMany({ data: { agentType: '../secrets' } }));
    const error = await world.directory.get('typeless', 'one').catch((caught: unknown) => caught as Error);
    expect(((error as Error).cause as Error).message).toMatchInlineSnapshot(
      `"agent_instances.agent_type of typeless/one: must be one of simple_chat, sales, research, rag, digital_expert"`,
    );
  });
});

describe('an edit', () => {
  const CONFIG = 'agent_type: sales\nllm: { temperature: 0.1 }\n';

  it('of each file and row is seen by the next refresh', async () => {
    const world = await createWorld({
      'templates/sales.yaml': 'widget: { greeting: One }',
      'edited/one/config.yaml': CONFIG,
      'edited/one/system_prompt.md': 'One.',
    });
    await world.start();
    await world.directory.get('edited', 'one');
    const seen = async () => {
      await world.directory.refresh();
      return world.directory.peek('edited', 'one')?.config;
    };

    await world.write('edited/one/config.yaml', 'agent_type: sales\nllm: { temperature: 0.2 }\n');
    expect(await seen()).toMatchObject({ llm: { temperature: 0.2 } });
    await world.write('edited/one/system_prompt.md', 'Two.');
    expect(await seen()).toMatchObject({ systemPrompt: 'Two.' });
    await unlink(world.file('edited/one/system_prompt.md'));
    expect((await seen())?.systemPrompt).toContain('helpful assistant');
    await world.write('templates/sales.yaml', 'widget: { greeting: Two }');
    expect(await seen()).toMatchObject({ widget: { greeting: 'Two' } });
    await override('edited', 'one', { llm: { temperature: 0.9 } });
    expect(await seen()).toMatchObject({ llm: { temperature: 0.9 } });
    await override('edited', 'one', {});
    expect(await seen()).toMatchObject({ llm: { temperature: 0.2 } });
    await world.write('edited/one/knowledge/new.md', '# New');
    await seen();
    expect(world.directory.peek('edited', 'one')?.knowledgeFiles).toEqual([world.file('edited/one/knowledge/new.md')]);
    await world.write('edited/one/config.yaml', 'agent_type: rag\n');
    expect(await seen()).toMatchObject({ agentType: 'rag', widget: { greeting: 'Hello! How can I help you?' } });
    await world.write('templates/rag.yaml', 'widget: { greeting: Three }');
    expect(await seen()).toMatchObject({ widget: { greeting: 'Three' } });
  });

  it('of an included document loads the agent again', async () => {
    const world = await createWorld({
      'edited/includes/config.yaml': 'agent_type: simple_chat\nknowledge: { include: [agents/guide.md] }\n',
      'guide.md': '# One',
    });
    await world.start();
    await world.directory.get('edited', 'includes');
    await world.directory.refresh();
    expect(world.onLoad).toHaveBeenCalledTimes(1);
    await world.write('guide.md', '# Another guide');
    await world.directory.refresh();
    expect(world.onLoad).toHaveBeenCalledTimes(2);
  });

  it('loads nothing again where there was none', async () => {
    const world = await createWorld({ 'still/one/config.yaml': CONFIG });
    await world.start();
    const agent = await world.directory.get('still', 'one');
    await createLastUsedNow(agent.id);
    await world.directory.refresh();
    await world.directory.refresh();
    expect(world.directory.peek('still', 'one')).toBe(agent);
    expect(world.loads).toHaveLength(1);
  });

  it('that is broken keeps the last good agent and is reported once, until it is mended', async () => {
    const world = await createWorld({ 'broken/one/config.yaml': CONFIG });
    await world.start();
    const good = await world.directory.get('broken', 'one');
    const breakIt = async () => {
      await world.write('broken/one/config.yaml', 'agent_type: sales\nllm:\n  temperature: warm\n');
      for (let round = 0; round < 3; round += 1) await world.directory.refresh();
    };
    await breakIt();
    expect(world.directory.peek('broken', 'one')).toBe(good);
    expect(await world.directory.get('broken', 'one')).toBe(good);
    const said = `${world.file('broken/one/config.yaml')}:3: llm.temperature: Invalid input: expected number, received string`;
    expect(world.problems()).toEqual([said]);

    // Broken in another way: that is news.
    await world.write('broken/one/config.yaml', 'agent_type: sales\nagent_type: rag\n');
    await world.directory.refresh();
    await world.directory.refresh();
    const saidThen = `${world.file('broken/one/config.yaml')}:2: agent_type: the key is here a second time`;
    expect(world.problems()).toEqual([said, saidThen]);
    await unlink(world.file('broken/one/config.yaml'));
    await world.directory.refresh();
    expect(world.problems().at(-1)).toBe(`${world.file('broken/one/config.yaml')}: no such file`);
    expect(world.directory.peek('broken', 'one')).toBe(good);

    await world.write('broken/one/config.yaml', 'agent_type: sales\nllm: { temperature: 0.7 }\n');
    await world.directory.refresh();
    expect(world.directory.peek('broken', 'one')?.config.llm.temperature).toBe(0.7);
    await breakIt();
    expect(world.problems().slice(3)).toEqual([said]);
  });

  it('that breaks row or template is reported and heals likewise', async () => {
    const world = await createWorld({ 'templates/sales.yaml': '', 'rows/one/config.yaml': CONFIG });
    await world.start();
    const good = await world.directory.get('rows', 'one');
    await override('rows', 'one', { llm: { temperature: 9 } });
    await world.write('templates/sales.yaml', 'agent_type: rag\n');
    await world.directory.refresh();
    await override('rows', 'one', { llm: { temperature: 1 } });
    await world.directory.refresh();
    await world.directory.refresh();
    expect(world.directory.peek('rows', 'one')).toBe(good);
    expect(world.problems()).toEqual([
      'agent_instances.configuration of rows/one:3: llm.temperature: Too big: expected number to be <=2',
      `${world.file('templates/sales.yaml')}:1: agent_type: unknown key`,
    ]);
    await world.write('templates/sales.yaml', 'llm: { max_tokens: 5 }\n');
    await world.directory.refresh();
    expect(world.directory.peek('rows', 'one')?.config.llm).toMatchObject({ temperature: 1, maxTokens: 5 });
  });

  it('is not taken for broken when the database is away, and is taken up when it is back', async () => {
    const world = await createWorld({ 'away/one/config.yaml': CONFIG });
    await world.start();
    await world.directory.get('away', 'one');
    await world.write('away/one/config.yaml', 'llm: { temperature: 0.8 }\n');
    const outage = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
    world.onLoad.mockRejectedValueOnce(outage);
    await expect(world.directory.refresh()).rejects.toBe(outage);
    expect(world.problems()).toEqual([]);
    await world.directory.refresh();
    expect(world.directory.peek('away', 'one')?.config.llm.temperature).toBe(0.8);
  });

  it.each([
    ['the agent is paused', `UPDATE agent_instances SET status = 'paused' WHERE instance_slug = 'one'`],
    ['the account is suspended', `UPDATE accounts SET status = 'suspended' WHERE slug LIKE 'status-%'`],
    ['the row is deleted', `DELETE FROM agent_instances WHERE instance_slug = 'one'`],
  ])('stops serving when %s', async (name, sql) => {
    const account = `status-${name.replaceAll(' ', '-')}`;
    const world = await createWorld({ [`${account}/one/config.yaml`]: '' });
    await world.start();
    await world.directory.get(account, 'one');
    await asOwner(sql);
    await world.directory.refresh();
    expect(world.directory.peek(account, 'one')).toBeUndefined();
    await expect(world.directory.get(account, 'one')).rejects.toMatchObject({ status: 404 });

    await asOwner(`UPDATE accounts SET status = 'active'`);
    await asOwner(`UPDATE agent_instances SET status = 'active' WHERE instance_slug = 'one'`);
    await world.start();
    expect((await world.directory.get(account, 'one')).slug).toBe('one');
  });
});

describe('looking up', () => {
  it('an agent that is known asks nobody', async () => {
    const world = await createWorld({ 'warm/one/config.yaml': '' });
    await world.start();
    const agent = await world.directory.get('warm', 'one');
    world.calls.clear();
    for (let round = 0; round < 100; round += 1) {
      expect(world.directory.peek('warm', 'one')).toBe(agent);
      expect(await world.directory.get('warm', 'one')).toBe(agent);
    }
    expect([...world.calls]).toEqual([]);
  });

  it('one for the first time, by many at once, loads it once', async () => {
    const world = await createWorld({ 'crowd/one/config.yaml': '' });
    await world.start();
    world.calls.clear();
    const agents = await Promise.all(Array.from({ length: 50 }, () => world.directory.get('crowd', 'one')));
    expect(new Set(agents).size).toBe(1);
    expect(world.loads).toHaveLength(1);
    expect([...world.calls]).toEqual([['withAccountSlug', 1]]);
  });

  it('one that failed tries again the next time', async () => {
    const world = await createWorld({ 'retry/one/config.yaml': '' });
    await world.start();
    await world.write('retry/one/config.yaml', 'nonsense: 1');
    await expect(world.directory.get('retry', 'one')).rejects.toMatchObject({ code: 'AGENT_MISCONFIGURED' });
    await world.write('retry/one/config.yaml', '');
    expect((await world.directory.get('retry', 'one')).slug).toBe('one');
  });

  it('keeps the 500 used last', async () => {
    const world = await createWorld({});
    const names = Array.from({ length: 501 }, (_, index) => `agent-${index}`);
    for (const name of names) await world.write(`crowded/${name}/config.yaml`, '');
    await database.withNewAccount({ slug: 'crowded', name: 'Crowded' }, (tx, { id: accountId }) =>
      tx.agentInstance.createMany({
        data: names.map((name) => ({ accountId, instanceSlug: name, agentType: 'simple_chat', displayName: name })),
      }),
    );
    for (const name of names.slice(0, 500)) await world.directory.get('crowded', name);
    // Used again, so the second is now the one used longest ago.
    world.directory.peek('crowded', 'agent-0');
    await world.directory.get('crowded', 'agent-500');
    const kept = names.filter((name) => world.directory.peek('crowded', name));
    expect(kept).toHaveLength(500);
    expect(kept).not.toContain('agent-1');

    world.calls.clear();
    await world.directory.refresh();
    expect([...world.calls]).toEqual([['asWorker', 1]]);
    expect((await world.directory.get('crowded', 'agent-1')).slug).toBe('agent-1');
  }, 60_000);
});

describe('last use', () => {
  const lastUsedAt = async (account: string) =>
    (await inAccount(account, (tx) => tx.agentInstance.findMany({ orderBy: { instanceSlug: 'asc' } }))).map(
      (row) => row.lastUsedAt,
    );

  it('is written for all agents in one statement, by flush alone, and survives one that fails', async () => {
    const world = await createWorld({ 'used/one/config.yaml': '', 'used/two/config.yaml': '' });
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
    const world = await createWorld({ 'back/one/config.yaml': '' });
    await world.start();
    const { id } = await world.directory.get('back', 'one');
    const later = new Date(Date.now() + 60_000);
    await inAccount('back', (tx) => tx.agentInstance.updateMany({ data: { lastUsedAt: later } }));
    await createLastUsedNow(id);
    expect(await lastUsedAt('back')).toEqual([later]);
  });
});

describe('the list of agents', () => {
  it('names the active ones, as their configuration names them, and the broken by their rows', async () => {
    const world = await createWorld({
      'listed/b/config.yaml': 'agent_type: sales\ndisplay_name: The B',
      'listed/a/config.yaml': 'display_name: The A',
      'listed/paused/config.yaml': '',
      'listed/broken/config.yaml': 'display_name: Row name',
    });
    await world.start();
    await inAccount('listed', (tx) =>
      tx.agentInstance.updateMany({ where: { instanceSlug: 'paused' }, data: { status: 'paused' } }),
    );
    await world.write('listed/a/config.yaml', 'display_name: Edited A');
    await world.write('listed/broken/config.yaml', 'nonsense: 1');
    const unused = { status: 'active', last_used_at: null };
    expect(await listAgents(database, world.directory, 'listed')).toEqual([
      { instance_slug: 'a', agent_type: 'simple_chat', display_name: 'Edited A', ...unused },
      { instance_slug: 'b', agent_type: 'sales', display_name: 'The B', ...unused },
      { instance_slug: 'broken', agent_type: 'simple_chat', display_name: 'Row name', ...unused },
    ]);
    await asOwner(`UPDATE accounts SET status = 'suspended' WHERE slug = 'listed'`);
    for (const account of ['listed', 'nobody']) {
      await expect(listAgents(database, world.directory, account)).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
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

/** Agents' files of a test's own, a directory over them, and an eye on the database. Files under `templates/` are templates. */
async function createWorld(files: Record<string, string>) {
  const root = await mkdtemp(path.join(tmpdir(), 'salient-agents-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const file = (name: string) => path.join(root, name.startsWith('templates/') ? '' : 'agents', name);
  const write = async (name: string, text: string) => {
    await mkdir(path.dirname(file(name)), { recursive: true });
    await writeFile(file(name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);

  let logged = '';
  const log = createLog('info', { write: (line: string) => void (logged += line) });
  const folders = {
    configsDirectory: path.join(root, 'agents'),
    templatesDirectory: path.join(root, 'templates'),
    projectDirectory: root,
  };
  const loads: Agent[] = [];
  const onLoad = vi.fn(async (agent: Agent) => void loads.push(agent));
  const watched = watchDatabase();
  const directory = createAgentDirectory({ ...watched, folders, defaultHistoryLimit: 50, log, onLoad });
  return {
    ...watched,
    directory,
    file,
    loads,
    onLoad,
    write,
    start: () => createFoundAgents(database, folders, 'enterprise', log),
    logs: () => logged,
    /** What the log says is wrong, in order. */
    problems: () =>
      logged
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { problem?: string }).problem)
        .filter((problem) => problem !== undefined),
  };
}

/** The database, counting what is asked of it. */
function watchDatabase() {
  const calls = new Map<string, number>();
  let failure: Error | undefined;
  const watched = new Proxy(database, {
    get(target, name: keyof Database) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...parameters: never[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        const error = failure;
        failure = undefined;
        return error ? Promise.reject(error) : (value as (...all: never[]) => unknown)(...parameters);
      };
    },
  });
  return { database: watched, calls, failNext: (error: Error) => void (failure = error) };
}

async function inAccount<T>(slug: string, work: Parameters<typeof database.withAccountSlug<T>>[1]): Promise<T> {
  const result = await database.withAccountSlug(slug, work);
  if (result === null) throw new Error(`no account ${slug}`);
  return result;
}

function override(account: string, agent: string, configuration: object) {
  return inAccount(account, (tx) =>
    tx.agentInstance.updateMany({ where: { instanceSlug: agent }, data: { configuration } }),
  );
}

function accountNamed(slug: string) {
  return database.withAccountSlug(slug, async (tx, { name, status }) => ({
    name,
    status,
    agents: await tx.agentInstance.findMany({
      orderBy: { instanceSlug: 'asc' },
      select: { instanceSlug: true, agentType: true, displayName: true, status: true },
    }),
  }));
}

async function asOwner(sql: string): Promise<void> {
  await database.asWorker(async (tx) => {
    await tx.$queryRaw`SELECT set_config('role', 'none', true)`;
    await tx.$executeRawUnsafe(sql);
  });
}

async function createLastUsedNow(agentId: string): Promise<void> {
  const lastUsed = createLastUsed(database);
  lastUsed.touch(agentId);
  await lastUsed.flush();
}
