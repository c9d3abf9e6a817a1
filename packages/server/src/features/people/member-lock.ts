import type { AccountActor, Actor } from '../../access/actor.ts';
import { mayDo, type Permission, type Role } from '../../access/roles.ts';
import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { tooLittleRole } from './people-errors.ts';

/**
 * Puts changes of an account's people in a line, and says what the actor may still do now that it is their turn: whoever was
 * before them may have changed that.
 *
 * @throws {AppError} FORBIDDEN
 */
export async function lockMembers(
  tx: AccountTransaction,
  actor: Actor & { accountId: string },
  permission: Permission,
): Promise<Role> {
  // Not a plain FOR UPDATE, which would hold up every visitor whose row refers to the account.
  await tx.$queryRaw`SELECT id FROM accounts WHERE id = ${actor.accountId}::uuid FOR NO KEY UPDATE`;
  if (actor.kind === 'system') return 'owner';
  const member = await tx.userRole.findFirst({ where: { accountId: actor.accountId, userId: actor.id ?? '' } });
  const role = member?.role as Role | undefined;
  if (role === undefined || !mayDo(role, permission)) throw tooLittleRole();
  return role;
}

/** Nobody but an owner makes, changes or removes owners. */
export function refuseAboveOneself(own: Role, ...concerned: readonly Role[]): void {
  if (own === 'owner' || !concerned.includes('owner')) return;
  throw new AppError('FORBIDDEN', 'Only an owner of the account makes, changes or removes owners.');
}

/** An account without an owner could never get one again. */
export async function keepAnOwner(
  tx: AccountTransaction,
  { accountId, accountSlug }: AccountActor,
  leavingUserId: string,
): Promise<void> {
  const others = await tx.userRole.count({ where: { accountId, role: 'owner', userId: { not: leavingUserId } } });
  if (others === 0) {
    throw new AppError(
      'FORBIDDEN',
      `This is the last owner of the account ${accountSlug}. Make somebody else an owner first.`,
    );
  }
}
