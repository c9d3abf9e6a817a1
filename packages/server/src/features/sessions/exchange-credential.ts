import type { SessionToken } from '@salient/shared-types';
import type { AccountTransaction } from '../../db/index.ts';
import { hashBrowser, hashCredential } from './hash-credential.ts';
import type { Visitor, VisitorDependencies } from './identify-visitor.ts';
import { storeToken } from './issue-token.ts';
import type { VisitorKey } from './visitor-key.ts';

export interface ExchangedCredential {
  /** For the cookie; null where the browser has a token. */
  key: VisitorKey | null;
  /** Instead of the one that the request came with. */
  token: SessionToken | null;
}

/**
 * Lets a browser stand for another visitor, and gives it another credential for that. The one it came with, and every
 * older one, is worth nothing from this moment on.
 *
 * @param sessionKey whom it stands for from now on; the visitor must exist
 */
export async function exchangeCredential(
  tx: AccountTransaction,
  { secret, rules }: VisitorDependencies,
  visitor: Visitor,
  { accountId, agentInstanceId, sessionKey }: { accountId: string; agentInstanceId: string; sessionKey: string },
): Promise<ExchangedCredential> {
  if (visitor.token) {
    await endToken(tx, accountId, visitor.token.id);
    const token = await storeToken(tx, secret, rules, { accountId, agentInstanceId, sessionKey, replaces: null });
    return { key: null, token };
  }
  if (!visitor.key) throw new Error('a visitor without a credential');
  const keyHash = hashCredential(secret, accountId, visitor.key.secret);
  await tx.visitorKey.upsert({
    where: { accountId_keyHash: { accountId, keyHash } },
    create: { accountId, keyHash, sessionKey },
    update: { sessionKey, validFrom: null },
  });
  const browserHash = hashBrowser(secret, visitor.key.secret);
  // Later than anything that was ever issued, also by a process whose clock is ahead.
  const [issued] = await tx.$queryRaw<[{ issuedAt: Date }]>`
    INSERT INTO browser_keys AS browser (browser_hash, newest_issued_at, valid_from, exchanging_until)
      SELECT ${browserHash}, moment, moment, end_of_overlap(${rules.overlapSeconds}::integer)
        FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS moment) AS now
    ON CONFLICT (browser_hash) DO UPDATE SET
      newest_issued_at = greatest(excluded.newest_issued_at, browser.newest_issued_at + interval '1 millisecond'),
      valid_from = greatest(excluded.newest_issued_at, browser.newest_issued_at + interval '1 millisecond'),
      exchanging_until = excluded.exchanging_until, older_until = NULL, started_on = CURRENT_DATE
    RETURNING newest_issued_at AS "issuedAt"`;
  return { key: { secret: visitor.key.secret, issuedAt: issued.issuedAt }, token: null };
}

export async function endToken(tx: AccountTransaction, accountId: string, id: string): Promise<void> {
  await tx.sessionToken.updateMany({ where: { accountId, id }, data: { endedAt: new Date() } });
}
