import type { PersonTransaction } from '../../db/index.ts';
import type { Credential } from './credential.ts';
import type { LinkDependencies } from './dependencies.ts';

export type EmailTokenPurpose = 'verify_email' | 'reset_password';

/** Makes the token of a link. Whatever link of this kind was sent before is not good any more. */
export async function createEmailToken(
  tx: PersonTransaction,
  { credentials, settings }: LinkDependencies,
  userId: string,
  purpose: EmailTokenPurpose,
): Promise<Credential> {
  const credential = credentials.create(purpose);
  const goodForMs = purpose === 'verify_email' ? settings.verify_hours * 3_600_000 : settings.reset_minutes * 60_000;
  await tx.emailToken.deleteMany({ where: { userId, purpose } });
  await tx.emailToken.createMany({
    data: [{ userId, purpose, tokenHash: credential.hash, expiresAt: new Date(Date.now() + goodForMs) }],
  });
  return credential;
}

/** Whose link it is; null for one that is not good. The transaction must have the hash as its credential. */
export async function findEmailTokenOwner(
  tx: PersonTransaction,
  purpose: EmailTokenPurpose,
  tokenHash: string,
): Promise<string | null> {
  const found = await tx.emailToken.findUnique({
    where: { tokenHash, purpose, expiresAt: { gt: new Date() } },
    select: { userId: true },
  });
  return found?.userId ?? null;
}

/** Uses the link up. False when somebody else has just done so. */
export async function useEmailToken(tx: PersonTransaction, tokenHash: string): Promise<boolean> {
  const { count } = await tx.emailToken.deleteMany({ where: { tokenHash } });
  return count === 1;
}
