import { createVisitor } from './create-visitor.ts';
import { endCredentials } from './end-credentials.ts';
import { endToken, exchangeCredential, type ExchangedCredential } from './exchange-credential.ts';
import type { Visitor, VisitorDependencies } from './identify-visitor.ts';

export interface SignOutInput {
  accountId: string;
  agentInstanceId: string;
  /** Also on the visitor's other devices. */
  everywhere: boolean;
}

/**
 * Parts a browser from its visitor: whoever uses it next is somebody new, and what it was recognised by is worth nothing
 * any more. The conversations stay with the visitor.
 */
export async function signOut(
  dependencies: VisitorDependencies,
  visitor: Visitor,
  { accountId, agentInstanceId, everywhere }: SignOutInput,
): Promise<ExchangedCredential> {
  if (visitor.identifiedBy === 'none') return { key: visitor.key, token: null };
  return dependencies.database.withAccount(accountId, async (tx) => {
    if (everywhere) await endCredentials(tx, accountId, visitor.sessionKey);
    if (visitor.token) {
      await endToken(tx, accountId, visitor.token.id);
      return { key: null, token: null };
    }
    const sessionKey = await createVisitor(tx, accountId);
    return exchangeCredential(tx, dependencies, visitor, { accountId, agentInstanceId, sessionKey });
  });
}
