import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { findVerificationKey } from './identity-keys.ts';
import { profileSchema, type Profile } from './schemas.ts';

/** The longest that a proof may be good for. */
const MAX_AGE_SECONDS = 3600;
/** Between two clocks. */
const CLOCK_TOLERANCE_SECONDS = 30;

export interface ProofRequest {
  accountId: string;
  accountSlug: string;
  agentSlug: string;
  token: string;
}

/** Somebody whom an account's own server has vouched for. */
export type VerifiedPerson = Profile & { user_id: string };

/**
 * Reads a proof of identity: a JWT (RFC 7519) signed with one of the account's active keys, for this account or this
 * agent, good for at most an hour. The key decides the algorithm, not the proof (RFC 8725, section 3.1).
 *
 * @throws {AppError} UNAUTHENTICATED, saying what is wrong as far as that helps nobody to forge one
 */
export async function verifyProof(database: Database, secret: string, request: ProofRequest): Promise<VerifiedPerson> {
  const { accountId, accountSlug, agentSlug, token } = request;
  const key = await findVerificationKey(database, secret, accountId, kidOf(token));
  if (!key) throw refused('it is not signed with an active key of this account');
  let claims: JWTPayload;
  try {
    ({ payload: claims } = await jwtVerify(token, key.key, {
      algorithms: [key.algorithm],
      audience: [accountSlug, `${accountSlug}/${agentSlug}`],
      requiredClaims: ['exp', 'sub', 'aud'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    }));
  } catch (error) {
    throw refused(describe(error), error);
  }
  refuseLongLived(claims);
  const profile = profileSchema.safeParse({ ...claims, user_id: claims.sub });
  const userId = profile.data?.user_id;
  if (!profile.success || !userId) throw refused('sub, name, email or phone is not a usable text');
  const { name, email, phone } = profile.data;
  return { user_id: userId, ...(name && { name }), ...(email && { email }), ...(phone && { phone }) };
}

function kidOf(token: string): string {
  try {
    const { kid } = decodeProtectedHeader(token);
    if (typeof kid === 'string') return kid;
  } catch (error) {
    throw refused('it is not a JWT', error);
  }
  throw refused('its header names no kid');
}

function refuseLongLived({ exp = 0, iat }: JWTPayload): void {
  const now = Math.floor(Date.now() / 1000);
  const tooLong = exp > now + MAX_AGE_SECONDS + CLOCK_TOLERANCE_SECONDS;
  if (tooLong || (iat !== undefined && exp - iat > MAX_AGE_SECONDS)) {
    throw refused('it is good for more than an hour');
  }
  if (iat !== undefined && iat > now + CLOCK_TOLERANCE_SECONDS) throw refused('it was issued in the future');
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} is missing or does not fit`;
  return 'it is not signed with an active key of this account';
}

function refused(why: string, cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', `The identity token is not valid: ${why}.`, { cause });
}
