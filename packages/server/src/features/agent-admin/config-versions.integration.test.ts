import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { configOf, createAgent, helperAddress, openShop, putConfig, refusalOf } from '../../../test/agent-console.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import type { configVersionSchema, configVersionsSchema } from './replies.ts';

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ agents: [{ account: 'acme', agent: 'helper', systemPrompt: 'From the file.' }] });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

describe('the configuration of an agent', () => {
  it('is kept in versions that say who changed what, and brought back', async () => {
    const { shop, keeper } = await openShop(server);
    const first = {
      display_name: 'Desk',
      llm: { inference_provider: 'local' },
      feature_flags: { enable_feedback: true },
    };
    const agent = await createAgent(keeper, shop, { instance_slug: 'desk', configuration: first });
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    await putConfig(
      keeper,
      address,
      { llm: { inference_provider: 'local', temperature: 1 }, widget: { starters: ['One'] } },
      '"1"',
    );
    // The same again is no version.
    await putConfig(
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
    expect(await refusalOf(await keeper.fetch(`${address}/config/versions/9`))).toMatchObject([
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
    const address = await helperAddress(owner);
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
