import { unlink } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openAgentWorlds, type AgentWorlds } from '../../../test/agent-world.ts';
import { createLastUsed } from './index.ts';

const CONFIG = 'agent_type: sales\nllm: { temperature: 0.1 }\n';

let worlds: AgentWorlds;

beforeAll(async () => {
  worlds = await openAgentWorlds();
});

afterEach(() => worlds.removeFiles());
afterAll(() => worlds.close());

describe('an edit', () => {
  it('of each file and row is seen by the next refresh', async () => {
    const world = await worlds.create({
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
    await worlds.override('edited', 'one', { llm: { temperature: 0.9 } });
    expect(await seen()).toMatchObject({ llm: { temperature: 0.9 } });
    await worlds.override('edited', 'one', {});
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
    const world = await worlds.create({
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
    const world = await worlds.create({ 'still/one/config.yaml': CONFIG });
    await world.start();
    const agent = await world.directory.get('still', 'one');
    await createLastUsedNow(agent.id);
    await world.directory.refresh();
    await world.directory.refresh();
    expect(world.directory.peek('still', 'one')).toBe(agent);
    expect(world.loads).toHaveLength(1);
  });

  it('that is broken keeps the last good agent and is reported once, until it is mended', async () => {
    const world = await worlds.create({ 'broken/one/config.yaml': CONFIG });
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
    const world = await worlds.create({ 'templates/sales.yaml': '', 'rows/one/config.yaml': CONFIG });
    await world.start();
    const good = await world.directory.get('rows', 'one');
    await worlds.override('rows', 'one', { llm: { temperature: 9 } });
    await world.write('templates/sales.yaml', 'agent_type: rag\n');
    await world.directory.refresh();
    await worlds.override('rows', 'one', { llm: { temperature: 1 } });
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
    const world = await worlds.create({ 'away/one/config.yaml': CONFIG });
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
    const world = await worlds.create({ [`${account}/one/config.yaml`]: '' });
    await world.start();
    await world.directory.get(account, 'one');
    await worlds.asOwner(sql);
    await world.directory.refresh();
    expect(world.directory.peek(account, 'one')).toBeUndefined();
    await expect(world.directory.get(account, 'one')).rejects.toMatchObject({ status: 404 });

    await worlds.asOwner(`UPDATE accounts SET status = 'active'`);
    await worlds.asOwner(`UPDATE agent_instances SET status = 'active' WHERE instance_slug = 'one'`);
    await world.start();
    expect((await world.directory.get(account, 'one')).slug).toBe('one');
  });
});

describe('looking up', () => {
  it('an agent that is known asks nobody', async () => {
    const world = await worlds.create({ 'warm/one/config.yaml': '' });
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
    const world = await worlds.create({ 'crowd/one/config.yaml': '' });
    await world.start();
    world.calls.clear();
    const agents = await Promise.all(Array.from({ length: 50 }, () => world.directory.get('crowd', 'one')));
    expect(new Set(agents).size).toBe(1);
    expect(world.loads).toHaveLength(1);
    expect([...world.calls]).toEqual([['withAccountSlug', 1]]);
  });

  it('one that failed tries again the next time', async () => {
    const world = await worlds.create({ 'retry/one/config.yaml': '' });
    await world.start();
    await world.write('retry/one/config.yaml', 'nonsense: 1');
    await expect(world.directory.get('retry', 'one')).rejects.toMatchObject({ code: 'AGENT_MISCONFIGURED' });
    await world.write('retry/one/config.yaml', '');
    expect((await world.directory.get('retry', 'one')).slug).toBe('one');
  });

  it('keeps the 500 used last', async () => {
    const world = await worlds.create({});
    const names = Array.from({ length: 501 }, (_, index) => `agent-${index}`);
    for (const name of names) await world.write(`crowded/${name}/config.yaml`, '');
    await worlds.database.withNewAccount({ slug: 'crowded', name: 'Crowded' }, (tx, { id: accountId }) =>
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

describe('an agent that nobody asks for', () => {
  const rest = async (world: Awaited<ReturnType<AgentWorlds['create']>>) => {
    for (let round = 0; round < 10; round += 1) await world.directory.refresh();
    world.calls.clear();
  };

  it('is compared no more, until the next look-up, which many share', async () => {
    const world = await worlds.create({ 'rest/one/config.yaml': CONFIG });
    await world.start();
    const agent = await world.directory.get('rest', 'one');
    await rest(world);
    await world.directory.refresh();
    expect([...world.calls]).toEqual([]);
    expect(world.directory.peek('rest', 'one')).toBeUndefined();
    const found = await Promise.all(Array.from({ length: 50 }, () => world.directory.get('rest', 'one')));
    expect(new Set(found)).toEqual(new Set([agent]));
    expect([...world.calls]).toEqual([['asWorker', 1]]);
    expect(world.directory.peek('rest', 'one')).toBe(agent);
    await world.directory.refresh();
    expect([...world.calls]).toEqual([['asWorker', 2]]);
  });

  it('is never served as it was before an edit, a pause or a deletion', async () => {
    const world = await worlds.create({ 'woken/one/config.yaml': CONFIG, 'woken/two/config.yaml': CONFIG });
    await world.start();
    await world.directory.get('woken', 'one');
    await world.directory.get('woken', 'two');
    await rest(world);
    await world.write('woken/one/config.yaml', 'llm: { temperature: 0.8 }\n');
    await worlds.override('woken', 'two', { llm: { temperature: 0.9 } });
    expect((await world.directory.get('woken', 'one')).config.llm.temperature).toBe(0.8);
    expect((await world.directory.get('woken', 'two')).config.llm.temperature).toBe(0.9);
    await rest(world);
    await worlds.asOwner(`UPDATE agent_instances SET status = 'paused' WHERE display_name = 'one'`);
    await worlds.asOwner(`DELETE FROM agent_instances WHERE display_name = 'two'`);
    for (const name of ['one', 'two']) {
      await expect(world.directory.get('woken', name)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' });
    }
  });

  it('serves as it was while the database is away, and is compared again as soon as it is back', async () => {
    const world = await worlds.create({ 'cut-off/one/config.yaml': CONFIG });
    await world.start();
    const agent = await world.directory.get('cut-off', 'one');
    await rest(world);
    await worlds.override('cut-off', 'one', { llm: { temperature: 0.9 } });
    world.failNext(Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' }));
    expect(await world.directory.get('cut-off', 'one')).toBe(agent);
    await world.directory.refresh();
    expect((await world.directory.get('cut-off', 'one')).config.llm.temperature).toBe(0.9);
  });

  it('keeps its last good configuration over a broken edit', async () => {
    const world = await worlds.create({ 'spoilt/one/config.yaml': CONFIG });
    await world.start();
    const agent = await world.directory.get('spoilt', 'one');
    await rest(world);
    await world.write('spoilt/one/config.yaml', 'nonsense: 1');
    expect(await world.directory.get('spoilt', 'one')).toBe(agent);
    expect(world.problems()).toHaveLength(1);
  });
});

async function createLastUsedNow(agentId: string): Promise<void> {
  const lastUsed = createLastUsed(worlds.database);
  lastUsed.touch(agentId);
  await lastUsed.flush();
}
