import type { z } from 'zod';
import { lookAtAccount, stepIntoAccount } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { ACCOUNTS_BY_PERSON, takeAllOrRefuse } from './people-limits.ts';
import type { accountSchema } from './replies.ts';
import type { createAccountBodySchema } from './schemas.ts';
import { personActor } from './whereabouts.ts';

/**
 * Opens an account, on the free tier, with the person as its owner.
 *
 * @throws {AppError} VALIDATION_ERROR where the name is taken, RATE_LIMIT_EXCEEDED
 */
export async function createAccount(
  people: PeopleDependencies,
  userId: string,
  { slug, name }: z.output<typeof createAccountBodySchema>,
  from: Whereabouts,
): Promise<z.output<typeof accountSchema>> {
  await takeAllOrRefuse(people.limiter, [[ACCOUNTS_BY_PERSON, userId]]);
  return people.database.withPerson({ userId }, async (tx) => {
    await lookAtAccount(tx, slug);
    const { count } = await tx.account.createMany({ data: [{ slug, name, createdBy: userId }], skipDuplicates: true });
    if (count === 0) throw new AppError('VALIDATION_ERROR', 'slug: is taken. Choose another one.');
    const account = await tx.account.findUniqueOrThrow({ where: { slug } });
    const inside = await stepIntoAccount(tx, account.id);
    await inside.userRole.createMany({ data: [{ accountId: account.id, userId, role: 'owner', createdBy: userId }] });
    await recordAudit(
      inside,
      { ...personActor(userId, from), accountId: account.id, accountSlug: slug, role: 'owner' },
      {
        action: 'account.created',
        target: { kind: 'account', id: account.id },
        after: { slug, subscription_tier: account.subscriptionTier },
      },
    );
    return { slug, name, role: 'owner', subscription_tier: account.subscriptionTier };
  });
}
