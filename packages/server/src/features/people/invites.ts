import type { z } from 'zod';
import type { Actor } from '../../access/actor.ts';
import type { Role } from '../../access/roles.ts';
import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/index.ts';
import type { LinkDependencies, PeopleDependencies } from './dependencies.ts';
import { inviteMail } from './mails.ts';
import { lockMembers, refuseAboveOneself } from './member-lock.ts';
import { INVITES_BY_ACCOUNT, takeAllOrRefuse } from './people-limits.ts';
import type { inviteSchema } from './replies.ts';

type Invite = z.output<typeof inviteSchema>;
type InAccount = Actor & { accountId: string; accountSlug: string };

export interface InviteRequest {
  email: string;
  role: Role;
}

/**
 * Asks somebody by mail to join the account. Whoever asked for the link would have proved nothing by it, so it is in the mail
 * and nowhere else. Asking again makes a new link and ends the old one.
 *
 * @throws {AppError} FORBIDDEN, VALIDATION_ERROR for who is in the account already, RATE_LIMIT_EXCEEDED
 */
export async function inviteMember(
  people: PeopleDependencies,
  actor: InAccount,
  request: InviteRequest,
): Promise<Invite> {
  people.mailer.requireMail();
  await takeAllOrRefuse(people.limiter, [[INVITES_BY_ACCOUNT, actor.accountId]]);
  const { invite, token } = await storeInvite(people, actor, request);
  people.mailer.post(inviteMail(people.publicUrl, request.email, token, actor.accountSlug, request.role));
  return invite;
}

/** Stores an invite, and gives its token to whoever brings it to the person. */
export function storeInvite(
  { database, credentials, settings }: LinkDependencies,
  actor: InAccount,
  { email, role }: InviteRequest,
): Promise<{ invite: Invite; token: string }> {
  const { accountId } = actor;
  const { token, hash: tokenHash } = credentials.create('invite');
  const expiresAt = new Date(Date.now() + settings.invite_days * 86_400_000);
  return database.withAccount(accountId, async (tx) => {
    refuseAboveOneself(await lockMembers(tx, actor, 'manage_people'), role);
    if ((await tx.userRole.count({ where: { accountId, user: { email } } })) > 0) {
      throw new AppError('VALIDATION_ERROR', 'email: is in this account already.');
    }
    await tx.accountInvite.deleteMany({ where: { accountId, email } });
    const row = await tx.accountInvite.create({
      data: { accountId, email, role, tokenHash, invitedBy: actor.id, expiresAt },
    });
    await recordAudit(tx, actor, { action: 'invite.created', target: { kind: 'invite', id: row.id }, after: { role } });
    return { invite: describe(row), token };
  });
}

/** The invites that nobody has accepted yet, newest first. */
export async function listInvites(tx: AccountTransaction, accountId: string): Promise<Invite[]> {
  const rows = await tx.accountInvite.findMany({
    where: { accountId, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map(describe);
}

/** @throws {AppError} NOT_FOUND, FORBIDDEN */
export async function revokeInvite(
  { database }: PeopleDependencies,
  actor: InAccount,
  inviteId: string,
): Promise<void> {
  const { accountId } = actor;
  await database.withAccount(accountId, async (tx) => {
    const own = await lockMembers(tx, actor, 'manage_people');
    const invite = await tx.accountInvite.findUnique({ where: { id: inviteId, accountId } });
    if (!invite) throw new AppError('NOT_FOUND', 'There is no such invitation.');
    refuseAboveOneself(own, invite.role as Role);
    await tx.accountInvite.deleteMany({ where: { id: inviteId, accountId } });
    await recordAudit(tx, actor, {
      action: 'invite.revoked',
      target: { kind: 'invite', id: inviteId },
      before: { role: invite.role },
    });
  });
}

function describe(row: {
  id: string;
  email: string;
  role: string;
  invitedBy: string | null;
  createdAt: Date;
  expiresAt: Date;
}): Invite {
  return {
    id: row.id,
    email: row.email,
    role: row.role as Role,
    invited_by: row.invitedBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  };
}
