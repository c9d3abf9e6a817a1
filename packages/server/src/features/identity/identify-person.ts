import type { AccountTransaction } from '../../db/index.ts';
import {
  exchangeCredential,
  hashCredential,
  type ExchangedCredential,
  type Visitor,
  type VisitorDependencies,
} from '../sessions/index.ts';
import { storeProfile } from './store-profile.ts';
import type { VerifiedPerson } from './verify-proof.ts';

const UNCHANGED: ExchangedCredential = { key: null, token: null };

/**
 * Lets a browser stand for a person whom the account has vouched for. What an anonymous visitor has said there becomes
 * theirs, and their conversations follow them to this device. The credential is exchanged, so whoever knew the old one
 * stays behind. Saying it again changes nothing.
 */
export async function identifyPerson(
  dependencies: VisitorDependencies,
  visitor: Visitor,
  { accountId, agentInstanceId, person }: { accountId: string; agentInstanceId: string; person: VerifiedPerson },
): Promise<ExchangedCredential> {
  const sessionKey = hashCredential(dependencies.secret, accountId, `person:${person.user_id}`);
  return dependencies.database.withAccount(accountId, async (tx) => {
    const known = { externalId: person.user_id, ...(person.email !== undefined && { email: person.email }) };
    const { id } = await tx.visitor.upsert({
      where: { accountId_sessionKey: { accountId, sessionKey } },
      create: { accountId, sessionKey, ...known },
      update: known,
      select: { id: true },
    });
    await storeProfile(tx, { accountId, visitorId: id, profile: person, verified: true });
    if (visitor.sessionKey === sessionKey) return UNCHANGED;
    // Of another person's conversations nothing comes along.
    if (visitor.externalId === null) await moveConversations(tx, accountId, visitor.sessionKey, sessionKey);
    return exchangeCredential(tx, dependencies, visitor, { accountId, agentInstanceId, sessionKey });
  });
}

/** Where both have an open conversation with an agent, the one that was used last stays open. */
async function moveConversations(tx: AccountTransaction, accountId: string, from: string, to: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE sessions SET ended_at = clock_timestamp()
    WHERE account_id = ${accountId}::uuid AND session_key IN (${from}, ${to}) AND ended_at IS NULL
      AND EXISTS (
        SELECT FROM sessions AS other
        WHERE other.account_id = sessions.account_id AND other.agent_instance_id = sessions.agent_instance_id
          AND other.session_key IN (${from}, ${to}) AND other.ended_at IS NULL
          AND (other.last_activity_at, other.id) > (sessions.last_activity_at, sessions.id))`;
  await tx.$executeRaw`
    UPDATE sessions SET session_key = ${to}, is_anonymous = false,
      email = (SELECT email FROM visitors WHERE account_id = ${accountId}::uuid AND session_key = ${to})
    WHERE account_id = ${accountId}::uuid AND session_key = ${from}`;
}
