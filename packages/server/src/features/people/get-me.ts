import type { z } from 'zod';
import type { Role } from '../../access/roles.ts';
import type { PeopleDependencies } from './dependencies.ts';
import type { SignedIn } from './login-session.ts';
import type { meSchema } from './replies.ts';

type Me = z.output<typeof meSchema>;

/** Who has signed in, and what they are where. */
export async function getMe({ database }: PeopleDependencies, { userId, email, name }: SignedIn): Promise<Me> {
  const roles = await database.withPerson({ userId }, (tx) => tx.userRole.findMany({ where: { userId } }));
  // Across accounts, as no account shows itself to a person who is not inside it.
  const accounts = await database.asWorker((tx) =>
    tx.account.findMany({ where: { id: { in: roles.map(({ accountId }) => accountId) }, status: 'active' } }),
  );
  const accountOf = new Map(accounts.map((account) => [account.id, account]));
  const own = roles.flatMap(({ accountId, role }): Me['accounts'] => {
    const account = accountOf.get(accountId);
    if (!account) return [];
    const { slug, subscriptionTier } = account;
    return [{ slug, name: account.name, role: role as Role, subscription_tier: subscriptionTier }];
  });
  return { id: userId, email, name, accounts: own.toSorted((a, b) => (a.slug < b.slug ? -1 : 1)) };
}
