import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itKeepsLimits } from '../../test/limit-store-contract.ts';
import { queryAsOwnerOf } from '../../test/owner-access.ts';
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts';
import { openDatabase, type Database } from '../db/index.ts';
import type { LimitStore } from './limit-store.ts';
import { createMemoryStore } from './memory-store.ts';

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

describe('limits counted in the database', () => {
  itKeepsLimits(() => database.limits);

  it('are forgotten once they are full, and the others are kept', async () => {
    await database.limits.take([
      { key: 'soon full', takesUs: 1, windowUs: 1_000_000 },
      { key: 'not soon', takesUs: 900_000_000, windowUs: 1_000_000_000 },
    ]);
    await database.limits.forgetFull();
    const keys = await queryAsOwnerOf<{ key: string }>(database, `SELECT key FROM rate_limits WHERE key LIKE '%soon%'`);
    expect(keys).toEqual([{ key: 'not soon' }]);
  });

  it('are out of reach for whoever serves an account', async () => {
    const reading = database.withAccount('00000000-0000-4000-8000-000000000000', (tx) => tx.rateLimit.count());
    await expect(reading).rejects.toThrow('permission denied');
  });
});

describe('limits counted in memory', () => {
  let store: LimitStore;
  beforeAll(() => {
    store = createMemoryStore();
  });
  itKeepsLimits(() => store);

  it('forget whoever was counted longest ago, not whoever is counted now, when there are too many', async () => {
    const own = createMemoryStore();
    const claim = (key: string) => [{ key, takesUs: 900_000_000, windowUs: 1_000_000_000 }];
    await own.take(claim('before all'));
    for (let key = 0; key < 100_000; key += 1) await own.take(claim(`${key}`));
    expect((await own.take(claim('before all'))).allowed).toBe(true);
    expect((await own.take(claim('99999'))).allowed).toBe(false);
  });
});
