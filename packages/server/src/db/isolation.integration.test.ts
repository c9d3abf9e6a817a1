import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlStateOf } from '../../test/sql-errors.ts';
import { enterAppRole, insertRow, openTwoTenants, type Transaction, type TwoTenants } from '../../test/two-tenants.ts';

let tenants: TwoTenants;

beforeAll(async () => {
  tenants = await openTwoTenants();
});

afterAll(() => tenants.close());

describe('without an account (T2, T3)', () => {
  it('shows no row of any table, on a connection that other accounts have used, and does not fail', async () => {
    await tenants.database.withAccount(tenants.accountIds.b, (tx) => tx.session.findFirstOrThrow());
    const counts = await tenants.database.asWorker(async (tx) => {
      await enterAppRole(tx);
      const [{ setting }] = await tx.$queryRaw<
        [{ setting: string | null }]
      >`SELECT current_setting('app.account_id', true) AS setting`;
      return { setting, rows: await countRows(tx) };
    });
    // Empty, not absent: what the policies must not trip over.
    expect(counts.setting).toBe('');
    expect(counts.rows).toEqual(Object.fromEntries(tenants.tables.map(({ name }) => [name, 0])));
  });

  it('shows no row on a connection of its own either', async () => {
    const fresh = await tenants.openFresh();
    try {
      const counts = await fresh.asWorker(async (tx) => {
        await enterAppRole(tx);
        return countRows(tx);
      });
      expect(counts).toEqual(Object.fromEntries(tenants.tables.map(({ name }) => [name, 0])));
    } finally {
      if (fresh !== tenants.database) await fresh.close();
    }
  });

  it('takes no row', async () => {
    for (const table of tenants.tables) {
      const [row] = await tenants.rowsOf(table, tenants.accountIds.a);
      const insert = tenants.database.asWorker(async (tx) => {
        await enterAppRole(tx);
        await insertRow(tx, table, { ...row!, id: randomUUID() });
      });
      expect(await sqlStateOf(insert), table.name).toBe('42501');
    }
  });

  it('finds no account by an empty slug, and only the one asked for by its own', async () => {
    expect(await tenants.database.withAccountSlug('', async () => 'found')).toBeNull();
    expect(await tenants.database.withAccountSlug('nobody', async () => 'found')).toBeNull();
    const seen = await tenants.database.withAccountSlug('a', (tx) => tx.account.findMany({ select: { slug: true } }));
    expect(seen).toEqual([{ slug: 'a' }]);
  });
});

describe("inside account A, B's rows (T2)", () => {
  it('cannot be read', async () => {
    const counts = await tenants.database.withAccount(tenants.accountIds.a, countRows);
    for (const table of tenants.tables) {
      const own = await tenants.rowsOf(table, tenants.accountIds.a);
      expect(counts[table.name], table.name).toBe(own.length);
    }
  });

  it('cannot be changed, taken over, given away, deleted or added to', async () => {
    for (const table of tenants.tables) {
      const before = await tenants.rowsOf(table, tenants.accountIds.b);
      const own = await tenants.rowsOf(table, tenants.accountIds.a);
      const { name, tenantColumn } = table;

      const changed = await tenants.affected(`UPDATE ${name} SET ${tenantColumn} = ${tenantColumn}`);
      expect([own.length, 'refused'], `${name}: update`).toContain(changed);
      const taken = await tenants.affected(
        `UPDATE ${name} SET ${tenantColumn} = '${tenants.accountIds.a}' WHERE ${tenantColumn} = '${tenants.accountIds.b}'`,
      );
      expect([0, 'refused'], `${name}: take over`).toContain(taken);
      expect(
        await tenants.affected(`UPDATE ${name} SET ${tenantColumn} = '${tenants.accountIds.b}'`),
        `${name}: give away`,
      ).toBe('refused');
      const deleted = await tenants.affected(`DELETE FROM ${name} WHERE ${tenantColumn} = '${tenants.accountIds.b}'`);
      expect([0, 'refused'], `${name}: delete`).toContain(deleted);
      const inserted = tenants.database.withAccount(tenants.accountIds.a, (tx) => insertRow(tx, table, before[0]!));
      expect(await sqlStateOf(inserted), `${name}: insert`).toBe('42501');

      expect(await tenants.rowsOf(table, tenants.accountIds.b), name).toEqual(before);
    }
  });

  it('are out of reach of the statements of a turn', async () => {
    const [pending] = await tenants.rowsOf(
      { name: 'messages', tenantColumn: 'account_id' },
      tenants.accountIds.b,
      'assistant',
    );
    const finished = await tenants.database.turns.finishTurn({
      accountId: tenants.accountIds.a,
      turnId: String(pending!['turn_id']),
      leaseOwner: String(pending!['lease_owner']),
      content: 'overwritten',
      status: 'complete',
      metadata: {},
      request: null,
    });
    expect(finished).toBe(false);
    const [after] = await tenants.rowsOf(
      { name: 'messages', tenantColumn: 'account_id' },
      tenants.accountIds.b,
      'assistant',
    );
    expect(after).toEqual(pending);
  });
});

async function countRows(tx: Transaction): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of tenants.tables) {
    const [row] = await tx.$queryRawUnsafe<[{ count: number }]>(`SELECT count(*)::integer AS count FROM ${name}`);
    counts[name] = row.count;
  }
  return counts;
}
