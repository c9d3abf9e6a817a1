import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent, helperAddress, openShop, refusalOf } from '../../../test/agent-console.ts';
import { createPerson, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({ agents: [{ account: 'acme', agent: 'helper', systemPrompt: 'From the file.' }] });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

describe('the life of an agent', () => {
  it('is paused, resumed, renamed, deleted and brought back, as visitors notice, and all of it is in the audit log (A1)', async () => {
    const { shop, keeper } = await openShop(server);
    const agent = await createAgent(keeper, shop, {
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
    const { shop, keeper } = await openShop(server);
    const agent = await createAgent(keeper, shop, {
      instance_slug: 'desk',
      configuration: { llm: { inference_provider: 'local' } },
    });
    const member = await createPerson(server, { account: shop, role: 'member' });
    const address = `/accounts/${shop}/admin/agents/${agent.id}`;
    expect((await member.send('PATCH', address, { status: 'paused' })).status).toBe(200);
    expect(await refusalOf(await member.send('PATCH', address, { status: 'deleted' }))).toMatchObject([
      403,
      'FORBIDDEN',
      /pause/,
    ]);
    expect(await (await member.fetch(address)).json()).toMatchObject({ status: 'paused' });
  });
});

describe("another account's agent (T1)", () => {
  it('does not exist, by whatever address', async () => {
    const { keeper, shop } = await openShop(server);
    const id = (await helperAddress(owner)).split('/').at(-1)!;
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
        return refusalOf(response);
      };
      const answered = await ask(id);
      expect([method, rest, answered[0], answered[1]]).toEqual([method, rest, 404, 'AGENT_NOT_FOUND']);
      expect(answered).toEqual(await ask(randomUUID()));
    }
  });
});
