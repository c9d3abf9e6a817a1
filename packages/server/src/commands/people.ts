import { inviteOwner, newPasswordLink } from '../features/people/index.ts';
import { explained } from './explained.ts';
import { readOptions } from './read-options.ts';
import type { Command } from './run-command.ts';

/** `people add-owner`: for the first person of an account that came from a folder. */
export const addOwner: Command = async (args, { config, database, print }) => {
  const { account, email } = readOptions(args, ['account', 'email']);
  const link = await explained(inviteOwner(database, config, { account, email }));
  print(`Whoever opens this link within ${config.app.people.invite_days} days owns ${account}:`);
  print(link);
  return 0;
};

/** `people reset-password`: where the server sends no mail. */
export const linkForNewPassword: Command = async (args, { config, database, print }) => {
  const { email } = readOptions(args, ['email']);
  const link = await explained(newPasswordLink(database, config, email));
  print(`Good for ${config.app.people.reset_minutes} minutes:`);
  print(link);
  return 0;
};
