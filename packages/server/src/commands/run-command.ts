import type { Config } from '../config.ts';
import type { Database } from '../db/index.ts';
import { verifyAudit } from './audit.ts';
import { checkBudgets } from './budgets.ts';
import { CommandError } from './command-error.ts';
import { correctLedger } from './ledger.ts';
import { createKeyCommand, listKeysCommand, revokeKeyCommand } from './keys.ts';
import { addOwner, linkForNewPassword } from './people.ts';

export { CommandError } from './command-error.ts';

export interface CommandContext {
  config: Config;
  database: Database;
  print: (line: string) => void;
}

/** Does something, and says with what code the process should end. */
export type Command = (args: string[], context: CommandContext) => Promise<number>;

const COMMANDS: Record<string, { usage: string; run: Command }> = {
  'people add-owner': { usage: '--account <name> --email <address>', run: addOwner },
  'people reset-password': { usage: '--email <address>', run: linkForNewPassword },
  'budgets check': { usage: '', run: checkBudgets },
  'ledger correct': { usage: '--account <name> --request <id> --cost <dollars> --reason <text>', run: correctLedger },
  'keys create': {
    usage: '--account <name> --name <what for> --scopes <one,other> [--agent <name>] [--expires <time>]',
    run: createKeyCommand,
  },
  'keys list': { usage: '--account <name>', run: listKeysCommand },
  'keys revoke': { usage: '--account <name> --id <id>', run: revokeKeyCommand },
  'audit verify': { usage: '[--account <name>] [--expect <position>:<hash>]', run: verifyAudit },
};

/** @throws {CommandError} for an unknown command, or one that is not used as it should be */
export async function runCommand(args: string[], context: CommandContext): Promise<number> {
  const name = args.slice(0, 2).join(' ');
  const command = COMMANDS[name];
  if (!command) throw new CommandError(`Usage:\n${describeCommands()}`);
  return command.run(args.slice(2), context);
}

function describeCommands(): string {
  return Object.entries(COMMANDS)
    .map(([name, { usage }]) => `  pnpm salient ${name} ${usage}`.trimEnd())
    .join('\n');
}
