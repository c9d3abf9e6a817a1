import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../src/access/actor.ts';
import { openDatabase, type Database } from '../src/db/index.ts';
import { createKey, revokeKey } from '../src/features/keys/index.ts';
import { askWithKey } from './api-client.ts';
import { createCluster, type Cluster } from './cluster.ts';
import path from 'node:path';
import { projectDirectory } from './project-directory.ts';

let cluster: Cluster;
let database: Database;

beforeAll(async () => {
  cluster = await createCluster({ models: { 'acme/helper': 'echo' } });
});

afterAll(async () => {
  await database?.close();
  await cluster.close();
});

describe('a key at several processes (L7)', () => {
  it('is good at each, and at none from the request after its revocation on', async () => {
    const servers = [await cluster.start(), await cluster.start()];
    database = await openDatabase({
      url: cluster.databaseUrl,
      dataDirectory: '',
      prismaDirectory: path.join(projectDirectory, 'prisma'),
    });
    const accountId = await database.withAccountSlug('acme', (_tx, { id }) => Promise.resolve(id));
    const actor = { ...systemActor(), accountId: accountId!, accountSlug: 'acme' };
    const { id, key } = await createKey(database, actor, { name: 'Cluster', scopes: ['chat'] });
    const statuses = () =>
      Promise.all(
        servers.map(async ({ url }) => (await askWithKey(url, key, 'POST', '/api/v1/chat', { message: 'Hi' })).status),
      );
    expect(await statuses()).toEqual([200, 200]);
    expect(await statuses()).toEqual([200, 200]);
    await revokeKey(database, actor, id);
    expect(await statuses()).toEqual([401, 401]);
  });
});
