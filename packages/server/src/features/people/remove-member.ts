import type { AccountActor } from '../../access/actor.ts';
import { lookAtAccount, stepIntoAccount, type AccountTransaction } from '../../db/index.ts';
import { accountNotFound } from '../agents/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { listMembers, type Member } from './list-members.ts';
import { keepAnOwner, lockMembers, refuseAboveOneself } from './member-lock.ts';
import { memberNotFound } from './people-errors.ts';
import { personActor } from './whereabouts.ts';

/**
 * Takes somebody out of the account, with their next request at the latest.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN
 */
export async function removeMember(people: PeopleDependencies, actor: AccountActor, userId: string): Promise<void> {
  await people.database.withAccount(actor.accountId, async (tx) => {
    const own = await lockMembers(tx, actor, 'manage_people');
    const [member] = await listMembers(tx, actor.accountId, userId);
    if (!member) throw memberNotFound();
    refuseAboveOneself(own, member.role);
    await remove(tx, actor, member, 'member.removed');
  });
}

/**
 * Leaves an account oneself, whatever one is there.
 *
 * @throws {AppError} ACCOUNT_NOT_FOUND, FORBIDDEN for its last owner
 */
export async function leaveAccount(
  people: PeopleDependencies,
  userId: string,
  slug: string,
  from: Whereabouts,
): Promise<void> {
  await people.database.withPerson({ userId }, async (tx) => {
    await lookAtAccount(tx, slug);
    const account = await tx.account.findUnique({ where: { slug, members: { some: { userId } } } });
    if (!account) throw accountNotFound();
    await leaveOneAccount(await stepIntoAccount(tx, account.id), userId, account, from);
  });
}

/**
 * The same in a transaction that has stepped into the account.
 *
 * @throws {AppError} as `leaveAccount`
 */
export async function leaveOneAccount(
  tx: AccountTransaction,
  userId: string,
  { id: accountId, slug }: { id: string; slug: string },
  from: Whereabouts,
): Promise<void> {
  const actor = { ...personActor(userId, from), accountId, accountSlug: slug };
  const role = await lockMembers(tx, actor, 'read_account');
  const [member] = await listMembers(tx, accountId, userId);
  if (!member) throw accountNotFound();
  await remove(tx, { ...actor, role }, member, 'member.left');
}

async function remove(tx: AccountTransaction, actor: AccountActor, member: Member, action: string): Promise<void> {
  const { accountId } = actor;
  const { user_id: userId, role } = member;
  if (role === 'owner') await keepAnOwner(tx, actor, userId);
  await tx.userRole.deleteMany({ where: { accountId, userId } });
  await tx.accountInvite.deleteMany({ where: { accountId, invitedBy: userId } });
  await recordAudit(tx, actor, { action, target: { kind: 'user', id: userId }, before: { role } });
}
