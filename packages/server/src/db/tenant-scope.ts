import type { Account, Prisma, PrismaClient } from '../generated/prisma/client.ts';

/** A database transaction in which one account's rows exist and no others. Every tenant query takes one. */
export type AccountTransaction = Prisma.TransactionClient & { readonly __scope?: 'account' };

/** A transaction of `salient_worker`: it sees every account and may write only lease, draft and last-use columns. */
export type WorkerTransaction = Prisma.TransactionClient & { readonly __scope?: 'worker' };

export interface TenantScope {
  /**
   * Runs `work` in one transaction as the application role, confined to `accountId` by row-level security. The setting
   * ends with the transaction, so a pooled connection never carries it to the next caller. Do not nest: the embedded
   * database has one connection, and the inner call would wait for the outer one.
   */
  withAccount<T>(accountId: string, work: (tx: AccountTransaction) => Promise<T>): Promise<T>;
  /** The same for an account known only by its slug. Resolves to null when there is none. */
  withAccountSlug<T>(slug: string, work: (tx: AccountTransaction, account: Account) => Promise<T>): Promise<T | null>;
  /** Creates the account unless it exists, then as `withAccountSlug`. */
  withNewAccount<T>(
    account: { slug: string; name: string; subscriptionTier?: string },
    work: (tx: AccountTransaction, account: Account) => Promise<T>,
  ): Promise<T>;
  /** For the few jobs that cross accounts. */
  asWorker<T>(work: (tx: WorkerTransaction) => Promise<T>): Promise<T>;
}

// Generous, because on the embedded database every transaction waits its turn.
export const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 15_000 };

export function createTenantScope(prisma: PrismaClient): TenantScope {
  const inTransaction = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) =>
    prisma.$transaction(work, TRANSACTION_LIMITS);

  return {
    withAccount: (accountId, work) =>
      inTransaction(async (tx) => {
        // UTC, because the driver adapter reads every timestamptz as if it were.
        await tx.$queryRaw`SELECT set_config('role', 'salient_app', true), set_config('timezone', 'UTC', true),
          set_config('app.account_id', ${accountId}, true)`;
        return work(tx);
      }),

    withAccountSlug: (slug, work) =>
      inTransaction(async (tx) => {
        await enterSlug(tx, slug);
        const account = await tx.account.findUnique({ where: { slug } });
        if (!account) return null;
        await enterAccount(tx, account.id);
        return work(tx, account);
      }),

    withNewAccount: (created, work) =>
      inTransaction(async (tx) => {
        const { slug } = created;
        await enterSlug(tx, slug);
        await tx.account.createMany({ data: [created], skipDuplicates: true });
        const account = await tx.account.findUniqueOrThrow({ where: { slug } });
        await enterAccount(tx, account.id);
        return work(tx, account);
      }),

    asWorker: (work) =>
      inTransaction(async (tx) => {
        await tx.$queryRaw`SELECT set_config('role', 'salient_worker', true), set_config('timezone', 'UTC', true)`;
        return work(tx);
      }),
  };
}

async function enterSlug(tx: Prisma.TransactionClient, slug: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('role', 'salient_app', true), set_config('timezone', 'UTC', true),
    set_config('app.account_slug', ${slug}, true)`;
}

async function enterAccount(tx: Prisma.TransactionClient, accountId: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.account_slug', '', true), set_config('app.account_id', ${accountId}, true)`;
}
