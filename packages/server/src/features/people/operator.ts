import { systemActor } from '../../access/actor.ts';
import type { Config } from '../../config.ts';
import type { Database } from '../../db/index.ts';
import { AppError } from '../../errors.ts';
import { validate } from '../../http/validate.ts';
import { accountNotFound } from '../agents/index.ts';
import { createCredentials } from './credential.ts';
import { createResetToken } from './reset-password.ts';
import { storeInvite } from './invites.ts';
import { inviteLink, resetLink } from './mails.ts';
import { emailSchema } from './schemas.ts';

// What an operator does at the command line, who is trusted to bring links to whom they are for.

/**
 * Invites somebody to own an account.
 *
 * @returns the link
 * @throws {AppError} ACCOUNT_NOT_FOUND, VALIDATION_ERROR
 */
export async function inviteOwner(
  database: Database,
  config: Config,
  { account: slug, email }: { account: string; email: string },
): Promise<string> {
  const account = await database.withAccountSlug(slug, (_tx, found) => Promise.resolve(found));
  if (!account) throw accountNotFound();
  const actor = { ...systemActor(), accountId: account.id, accountSlug: slug };
  const { token } = await storeInvite(tools(database, config), actor, {
    email: validate(emailSchema, email, 'body'),
    role: 'owner',
  });
  return inviteLink(config.publicUrl, token);
}

/**
 * @returns the link
 * @throws {AppError} NOT_FOUND
 */
export async function newPasswordLink(database: Database, config: Config, email: string): Promise<string> {
  const address = validate(emailSchema, email, 'body');
  const token = await createResetToken(tools(database, config), address, systemActor());
  if (token === null) throw new AppError('NOT_FOUND', 'Nobody is registered with that address.');
  return resetLink(config.publicUrl, token);
}

function tools(database: Database, config: Config) {
  return { database, credentials: createCredentials(config.secret), settings: config.app.people };
}
