import type { AccountTransaction } from '../../db/index.ts';
import { AppError } from '../../errors.ts';

export interface VisitorIds {
  accountId: string;
  visitorId: string;
  sessionKey: string;
}

/** @throws {AppError} NOT_FOUND for one that is not there, or another account's */
export async function getVisitor(tx: AccountTransaction, accountId: string, visitorId: string): Promise<VisitorIds> {
  const visitor = await tx.visitor.findFirst({ where: { accountId, id: visitorId }, select: { sessionKey: true } });
  if (!visitor) throw new AppError('NOT_FOUND', 'There is no such visitor.');
  return { accountId, visitorId, sessionKey: visitor.sessionKey };
}
