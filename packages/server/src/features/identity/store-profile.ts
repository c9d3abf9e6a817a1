import type { AccountTransaction } from '../../db/index.ts';
import { PROFILE_FIELDS, type Profile } from './schemas.ts';

/** What names somebody. Two visitors with the same are worth a look; two with the same name are not. */
const NAMING_FIELDS: ReadonlySet<string> = new Set(['user_id', 'email', 'phone']);

/**
 * Keeps what is known of a visitor, field by field. What a visitor only says is kept apart from what is vouched for, and
 * nothing that belongs to another visitor is read for them or changed: that somebody else goes by the same is noted with
 * the one who says so, for the account's own eyes.
 */
export async function storeProfile(
  tx: AccountTransaction,
  {
    accountId,
    visitorId,
    profile,
    verified,
  }: {
    accountId: string;
    visitorId: string;
    profile: Profile;
    verified: boolean;
  },
): Promise<void> {
  for (const field of PROFILE_FIELDS) {
    const value = profile[field];
    if (value === undefined) continue;
    const collides =
      NAMING_FIELDS.has(field) &&
      (await tx.profile.count({
        where: { accountId, field, value: { equals: value, mode: 'insensitive' }, visitorId: { not: visitorId } },
      })) > 0;
    await tx.profile.upsert({
      where: { accountId_visitorId_field_verified: { accountId, visitorId, field, verified } },
      create: { accountId, visitorId, field, value, verified, collides },
      update: { value, collides, updatedAt: new Date() },
    });
  }
}
