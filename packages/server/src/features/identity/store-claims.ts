import type { Database } from '../../db/index.ts';
import type { Profile } from './schemas.ts';
import { storeProfile } from './store-profile.ts';

/** Keeps what a visitor says about themselves, as nothing more than that. */
export async function storeClaims(
  database: Database,
  { accountId, sessionKey, profile }: { accountId: string; sessionKey: string; profile: Profile },
): Promise<void> {
  await database.withAccount(accountId, async (tx) => {
    const { id } = await tx.visitor.findUniqueOrThrow({
      where: { accountId_sessionKey: { accountId, sessionKey } },
      select: { id: true },
    });
    await storeProfile(tx, { accountId, visitorId: id, profile, verified: false });
  });
}
