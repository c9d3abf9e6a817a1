import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts';
import { openDatabase, type Database } from './index.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase(testDatabase);
});

afterAll(async () => {
  await database.close();
  await testDatabase.remove();
});

describe('ids (T8)', () => {
  it('come from the database, in every table', async () => {
    const defaults = await database.asWorker(
      (tx) => tx.$queryRaw<{ source: string }[]>`
        SELECT DISTINCT column_default::text AS source FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'id' AND table_name <> '_prisma_migrations'`,
    );
    expect(defaults).toEqual([{ source: 'gen_random_uuid()' }]);
  });

  it('are 10,000 random version-4 uuids in no order', async () => {
    const rows = await database.withNewAccount(
      { slug: 'many-rows', name: 'Many rows' },
      (tx, { id: accountId }) => tx.$queryRaw<{ id: string }[]>`
        INSERT INTO sessions (account_id, session_key) SELECT ${accountId}::uuid, 'bulk-' || number
        FROM generate_series(1, 10000) AS number RETURNING id::text`,
    );
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(10_000);
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);

    // Bounds far outside chance (under one in a million), far inside any counter, clock or node number.
    const bits = ids.map((id) => BigInt(`0x${id.replaceAll('-', '')}`));
    const neighbours = bits.slice(1).map((id, index) => ({ id, difference: id ^ bits[index]! }));
    const flipped = neighbours.reduce((sum, { difference }) => sum + countOnes(difference), 0) / neighbours.length;
    expect(Math.abs(flipped - 61)).toBeLessThan(0.5);
    const longestPrefix = Math.max(...neighbours.map(({ difference }) => 128 - difference.toString(2).length));
    expect(longestPrefix).toBeLessThan(36);
    const ascending = bits.slice(1).filter((id, index) => id > bits[index]!).length;
    expect(Math.abs(ascending - 5000)).toBeLessThan(200);
    for (let position = 0n; position < 128n; position += 1n) {
      if ((position >= 76n && position < 80n) || position === 62n || position === 63n) continue;
      const ones = bits.filter((id) => (id >> position) & 1n).length;
      expect(Math.abs(ones - 5000), `bit ${position}`).toBeLessThan(400);
    }
  });
});

function countOnes(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}
