import type { AccountActor } from '../../access/actor.ts';
import type { Role } from '../../access/roles.ts';
import { becomePerson } from '../../db/index.ts';
import { recordAudit } from '../audit/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';
import { listMembers, type Member } from './list-members.ts';
import { endLoginSessions, openLoginSession } from './login-session.ts';
import { keepAnOwner, lockMembers, refuseAboveOneself } from './member-lock.ts';
import { memberNotFound } from './people-errors.ts';

export interface RoleChange {
  userId: string;
  role: Role;
}

/**
 * Makes a member something else. Their sign-ins end, so that no token from before has the rights from after; whoever
 * changes their own role goes on under a new one.
 *
 * @returns the member, and the actor's new token if it was themself
 * @throws {AppError} NOT_FOUND, FORBIDDEN
 */
export async function changeRole(
  people: PeopleDependencies,
  actor: AccountActor,
  { userId, role }: RoleChange,
  from: Whereabouts,
): Promise<{ member: Member; loginToken: string | null }> {
  const { accountId } = actor;
  return people.database.withAccount(accountId, async (tx) => {
    const own = await lockMembers(tx, actor, 'manage_people');
    const [before] = await listMembers(tx, accountId, userId);
    if (!before) throw memberNotFound();
    refuseAboveOneself(own, before.role, role);
    if (before.role === role) return { member: before, loginToken: null };
    if (before.role === 'owner') await keepAnOwner(tx, actor, userId);
    await tx.userRole.updateMany({ where: { accountId, userId }, data: { role } });
    // What they asked of others with rights that they may not have any more.
    await tx.accountInvite.deleteMany({ where: { accountId, invitedBy: userId } });
    await endLoginSessions(tx, userId);
    const loginToken =
      userId === actor.id ? (await openLoginSession(await becomePerson(tx, userId), people, userId, from)).token : null;
    await recordAudit(tx, actor, {
      action: 'member.role_changed',
      target: { kind: 'user', id: userId },
      before: { role: before.role },
      after: { role },
    });
    return { member: { ...before, role }, loginToken };
  });
}
