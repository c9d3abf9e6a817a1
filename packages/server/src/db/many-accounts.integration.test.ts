import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts';
import { openDatabase, type Database } from './index.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ ...testDatabase, maxConnections: 5 });
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

describe('many accounts at once', () => {
  it('never mixes 20 accounts in interleaved transactions', async () => {
    // The embedded database has one connection: its transactions stand in a line, and fewer show as much.
    const isServer = testDatabase.kind === 'postgres';
    const turns = isServer ? 50 : 5;
    const accounts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.withNewAccount({ slug: `many-${index}`, name: `canary-${index}` }, async (_tx, { id, name }) => ({
          id,
          name,
        })),
      ),
    );
    const seen = await Promise.all(
      accounts.map(async ({ id, name }) => {
        const names = new Set<string>();
        for (let turn = 0; turn < turns; turn += 1) {
          await database.withAccount(id, async (tx) => {
            await tx.session.create({ data: { accountId: id, sessionKey: `${name}-${turn}`, metadata: { name } } });
            for (const account of await tx.account.findMany()) names.add(account.name);
            for (const { metadata } of await tx.session.findMany()) names.add((metadata as { name: string }).name);
          });
        }
        return [...names];
      }),
    );
    expect(seen).toEqual(accounts.map(({ name }) => [name]));
    const [stored] = await database.asWorker(
      (tx) => tx.$queryRaw<[{ sessions: number; mixed: number }]>`
        SELECT count(*)::integer AS sessions, count(*) FILTER (WHERE metadata ->> 'name' <> accounts.name)::integer AS mixed
        FROM sessions JOIN accounts ON accounts.id = account_id WHERE accounts.slug LIKE 'many-%'`,
    );
    expect(stored).toEqual({ sessions: 20 * turns, mixed: 0 });
  }, 120_000);
});
