import type { z } from 'zod';
import type { Role } from '../../access/roles.ts';
import type { AccountTransaction } from '../../db/index.ts';
import type { memberSchema } from './replies.ts';

export type Member = z.output<typeof memberSchema>;

/** Everybody who is in the account, longest first. @param userId only them */
export async function listMembers(tx: AccountTransaction, accountId: string, userId?: string): Promise<Member[]> {
  const rows = await tx.userRole.findMany({
    where: { accountId, ...(userId !== undefined && { userId }) },
    include: { user: { select: { email: true, name: true } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    user_id: row.userId,
    email: row.user.email,
    name: row.user.name,
    role: row.role as Role,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
  }));
}
