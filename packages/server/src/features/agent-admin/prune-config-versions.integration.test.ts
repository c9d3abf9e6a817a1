import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { createPerson, errorOf, type Person } from '../../../test/person.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { pruneConfigVersions } from './prune-config-versions.ts';
import type { configVersionSchema, configVersionsSchema, managedAgentSchema } from './replies.ts';

let server: TestServer;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'busy' },
      { account: 'acme', agent: 'calm' },
      { account: 'globex', agent: 'busy' },
    ],
  });
  owner = await createPerson(server, { account: 'acme' });
});

afterAll(() => server.stop());

async function read<T>(person: Person, path: string): Promise<T> {
  const response = await person.fetch(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** The address of an agent, after so many edits: version 1 is the one from before. */
async function edited(person: Person, account: string, agent: string, edits: number): Promise<string> {
  const { agents } = await read<{ agents: z.output<typeof managedAgentSchema>[] }>(
    person,
    `/accounts/${account}/admin/agents`,
  );
  const address = `/accounts/${account}/admin/agents/${agents.find(({ instance_slug: slug }) => slug === agent)?.id}`;
  for (let edit = 1; edit <= edits; edit += 1) {
    const response = await person.fetch(`${address}/config`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'If-Match': '*' },
      body: JSON.stringify({ display_name: `Edit ${edit}`, llm: { temperature: 0.5 } }),
    });
    expect(response.status).toBe(200);
  }
  return address;
}

async function versionsOf(person: Person, address: string): Promise<number[]> {
  const page = await read<z.output<typeof configVersionsSchema>>(person, `${address}/config/versions`);
  return page.versions.map(({ version }) => version);
}

it('keeps the newest versions of each agent, of every account, and no more', async () => {
  const other = await createPerson(server, { account: 'globex' });
  const busy = await edited(owner, 'acme', 'busy', 5);
  const calm = await edited(owner, 'acme', 'calm', 2);
  const elsewhere = await edited(other, 'globex', 'busy', 3);
  expect(await pruneConfigVersions(server.running.database, 3)).toBe(3 + 0 + 1);
  expect(await versionsOf(owner, busy)).toEqual([6, 5, 4]);
  expect(await versionsOf(owner, calm)).toEqual([3, 2, 1]);
  expect(await versionsOf(other, elsewhere)).toEqual([4, 3, 2]);
  expect(await pruneConfigVersions(server.running.database, 3)).toBe(0);

  // What the oldest of them changed is not made up, and what is gone cannot be brought back.
  const shown = (version: number) =>
    read<z.output<typeof configVersionSchema>>(owner, `${busy}/config/versions/${version}`);
  expect(await shown(4)).toMatchObject({ overrides: { display_name: 'Edit 3' }, changes: null });
  expect((await shown(5)).changes).toEqual([{ key: 'display_name', before: 'Edit 3', after: 'Edit 4' }]);
  expect((await read<z.output<typeof configVersionSchema>>(owner, `${calm}/config/versions/1`)).changes).toEqual([]);
  expect(await errorOf(await owner.fetch(`${busy}/config/versions/3`))).toEqual([404, 'NOT_FOUND']);
  // The next edit goes on counting.
  expect(await versionsOf(owner, await edited(owner, 'acme', 'busy', 1))).toEqual([7, 6, 5, 4]);
});
