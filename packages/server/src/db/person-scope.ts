import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';
import { TRANSACTION_LIMITS, type AccountTransaction } from './tenant-scope.ts';

/** A database transaction in which one person's rows exist, in whatever account. */
export type PersonTransaction = Prisma.TransactionClient & { readonly __scope?: 'person' };

/** What somebody shows to be taken for a person. `userId` is for what has been proved already. */
export interface PersonKey {
  userId?: string;
  email?: string;
  credentialHash?: string;
}

/** The person of whom nothing is known. Their rows in the audit log are a chain of their own; they have no others. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

export interface PersonScope {
  /**
   * Runs `work` in one transaction as the application role. Row-level security shows it the person with that id or address,
   * and the one row whose token has that hash. Do not nest.
   */
  withPerson<T>(key: PersonKey, work: (tx: PersonTransaction) => Promise<T>): Promise<T>;
}

export function createPersonScope(prisma: PrismaClient): PersonScope {
  return {
    withPerson: ({ userId = '', email = '', credentialHash = '' }, work) =>
      prisma.$transaction(async (tx) => {
        // UTC, because the driver adapter reads every timestamptz as if it were.
        await tx.$queryRaw`SELECT set_config('role', 'salient_app', true), set_config('timezone', 'UTC', true),
          set_config('app.user_id', ${userId}, true), set_config('app.user_email', ${email}, true),
          set_config('app.credential_hash', ${credentialHash}, true)`;
        return work(tx);
      }, TRANSACTION_LIMITS),
  };
}

/** Goes on as that person, once they have been found by something else, or as another one, whose sessions are to end. */
export async function becomePerson(
  tx: PersonTransaction | AccountTransaction,
  userId: string,
): Promise<PersonTransaction> {
  await tx.$queryRaw`SELECT set_config('app.user_id', ${userId}, true)`;
  return tx as PersonTransaction;
}

/** Shows the account of that name as well, though nothing that is in it. */
export async function lookAtAccount(tx: PersonTransaction, slug: string): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.account_slug', ${slug}, true)`;
}

/** Goes on inside that account, still as the same person. */
export async function stepIntoAccount(
  tx: PersonTransaction | AccountTransaction,
  accountId: string,
): Promise<AccountTransaction> {
  await tx.$queryRaw`SELECT set_config('app.account_id', ${accountId}, true)`;
  return tx as AccountTransaction;
}
