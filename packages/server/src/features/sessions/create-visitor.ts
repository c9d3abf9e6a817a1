import { randomBytes } from 'node:crypto';
import type { AccountTransaction } from '../../db/index.ts';

/** A visitor whom nothing names yet. */
export async function createVisitor(tx: AccountTransaction, accountId: string): Promise<string> {
  const sessionKey = randomBytes(32).toString('hex');
  await tx.visitor.create({ data: { accountId, sessionKey }, select: { id: true } });
  return sessionKey;
}
