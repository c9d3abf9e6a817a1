import { createPublicKey, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { AccountTransaction, Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { openText, sealText } from '../../sealed-text.ts';

export const IDENTITY_ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const;
export type IdentityAlgorithm = (typeof IDENTITY_ALGORITHMS)[number];

/** While one takes the place of the other. */
const MAX_ACTIVE_KEYS = 2;

export interface IdentityKeyRow {
  id: string;
  kid: string;
  algorithm: string;
  createdAt: Date;
  revokedAt: Date | null;
}

const SHOWN = { id: true, kid: true, algorithm: true, createdAt: true, revokedAt: true } as const;

/**
 * Makes a key for an account. A shared secret is made here, and shown this once.
 *
 * @param publicKey PEM, for RS256 and ES256: the account keeps the other half
 * @throws {AppError} VALIDATION_ERROR for a public key that is none of that kind, or a third active key
 */
export async function createIdentityKey(
  tx: AccountTransaction,
  secret: string,
  { accountId, algorithm, publicKey }: { accountId: string; algorithm: IdentityAlgorithm; publicKey: string | null },
): Promise<{ row: IdentityKeyRow; secret: string | null }> {
  // Two administrators at once must not make three.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`identity keys ${accountId}`}, 0))::text`;
  if ((await tx.identityKey.count({ where: { accountId, revokedAt: null } })) >= MAX_ACTIVE_KEYS) {
    throw new AppError('VALIDATION_ERROR', 'Two keys are active already. Revoke one of them first.');
  }
  const kid = `ik_${randomBytes(9).toString('base64url')}`;
  const shared = algorithm === 'HS256' ? randomBytes(32).toString('base64url') : null;
  const row = await tx.identityKey.create({
    data: {
      accountId,
      kid,
      algorithm,
      sealedSecret: shared && sealText(secret, purposeOf(accountId, kid), shared),
      publicKey: shared
        ? null
        : readPublicKey(algorithm, publicKey ?? '')
            .export({ type: 'spki', format: 'pem' })
            .toString(),
    },
    select: SHOWN,
  });
  return { row, secret: shared };
}

/** Newest first, the revoked ones too. Never the secrets. */
export function listIdentityKeys(tx: AccountTransaction, accountId: string): Promise<IdentityKeyRow[]> {
  return tx.identityKey.findMany({ where: { accountId }, orderBy: { createdAt: 'desc' }, select: SHOWN, take: 50 });
}

/** Proofs signed with it count no more. Null when there is no such active key. */
export async function revokeIdentityKey(
  tx: AccountTransaction,
  accountId: string,
  id: string,
): Promise<IdentityKeyRow | null> {
  const { count } = await tx.identityKey.updateMany({
    where: { accountId, id, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  return count === 0 ? null : tx.identityKey.findFirst({ where: { accountId, id }, select: SHOWN });
}

/** What proofs that name the key are checked with. Null for an unknown or revoked one. */
export async function findVerificationKey(
  database: Database,
  secret: string,
  accountId: string,
  kid: string,
): Promise<{ key: KeyObject; algorithm: string } | null> {
  const row = await database.withAccount(accountId, (tx) =>
    tx.identityKey.findFirst({
      where: { accountId, kid, revokedAt: null },
      select: { algorithm: true, sealedSecret: true, publicKey: true },
    }),
  );
  if (!row) return null;
  const key =
    row.sealedSecret === null
      ? createPublicKey(row.publicKey ?? '')
      : createSecretKey(openText(secret, purposeOf(accountId, kid), row.sealedSecret), 'utf8');
  return { key, algorithm: row.algorithm };
}

function readPublicKey(algorithm: IdentityAlgorithm, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new AppError('VALIDATION_ERROR', 'public_key: must be a public key in PEM.', { cause: error });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const fits =
    algorithm === 'RS256'
      ? type === 'rsa' && (details?.modulusLength ?? 0) >= 2048
      : type === 'ec' && details?.namedCurve === 'prime256v1';
  if (fits && !/PRIVATE/.test(pem)) return key;
  const wanted = algorithm === 'RS256' ? 'an RSA public key of at least 2048 bits' : 'a public key on the curve P-256';
  throw new AppError('VALIDATION_ERROR', `public_key: must be ${wanted}.`);
}

function purposeOf(accountId: string, kid: string): string {
  return `identity key ${accountId} ${kid}`;
}
