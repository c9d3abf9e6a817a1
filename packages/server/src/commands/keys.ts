import { systemActor, type AccountActor } from '../access/actor.ts';
import type { Database } from '../db/index.ts';
import { createKey, createKeySchema, listKeys, revokeKey } from '../features/keys/index.ts';
import { validate } from '../http/validate.ts';
import { CommandError } from './command-error.ts';
import { explained } from './explained.ts';
import { readOptions } from './read-options.ts';
import type { Command } from './run-command.ts';

/** `keys create`: prints the key, which nobody can show again. */
export const createKeyCommand: Command = async (args, { database, print }) => {
  const options = readOptions(args, ['account', 'name', 'scopes'], ['agent', 'expires']);
  const actor = await findAccount(database, options.account);
  const { key } = await explained(createFrom(options, actor));
  print('The key, shown this one time:');
  print(key);
  return 0;

  async function createFrom({ name, scopes, agent, expires }: typeof options, by: AccountActor) {
    const body = { name, scopes: scopes.split(',').map((scope) => scope.trim()), agent, expires_at: expires };
    return createKey(database, by, validate(createKeySchema, body, 'body'));
  }
};

/** `keys list` */
export const listKeysCommand: Command = async (args, { database, print }) => {
  const { account } = readOptions(args, ['account']);
  const { accountId } = await findAccount(database, account);
  for (const { id, prefix, name, scopes, agent, revoked_at: revoked, expires_at: expires } of await listKeys(
    database,
    accountId,
  )) {
    const end = revoked ? `revoked ${revoked}` : expires ? `until ${expires}` : 'no end';
    print([id, `ak_${prefix}`, scopes.join(','), agent ?? 'every agent', end, name].join('  '));
  }
  return 0;
};

/** `keys revoke`: by the id that `keys list` prints. In force with the next request. */
export const revokeKeyCommand: Command = async (args, { database, print }) => {
  const { account, id } = readOptions(args, ['account', 'id']);
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new CommandError('--id takes the id that `keys list` prints');
  await explained(revokeKey(database, await findAccount(database, account), id));
  print('Revoked.');
  return 0;
};

/** The operator, in that account. */
async function findAccount(database: Database, slug: string): Promise<AccountActor> {
  const id = await database.withAccountSlug(slug, (_tx, found) => Promise.resolve(found.id));
  if (id === null) throw new CommandError(`There is no account ${slug}`);
  return { ...systemActor(), accountId: id, accountSlug: slug };
}
