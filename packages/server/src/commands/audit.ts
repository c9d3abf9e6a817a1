import { checkAudit, type ChainBreak, type ChainHead } from '../features/audit/index.ts';
import { CommandError } from './command-error.ts';
import { readOptions } from './read-options.ts';
import type { Command } from './run-command.ts';

/**
 * `audit verify`: of every chain, or of one account's. With `--expect`, which takes what an earlier run printed, also that
 * the chain still holds that entry, which shows a log that was written anew as a whole.
 */
export const verifyAudit: Command = async (args, { database, print }) => {
  const { account, expect } = readOptions(args, [], ['account', 'expect']);
  if (expect !== undefined && account === undefined) throw new CommandError('--expect needs --account');
  const chainId = account === undefined ? null : await findAccountId(account);
  const { heads, breaks } = await database.asWorker(checkAudit);
  const isAsked = (chain: ChainHead | ChainBreak) => chainId === null || chain.chainId === chainId;
  for (const found of breaks.filter(isAsked)) print(`${found.chainId} ${found.problem} at ${found.position}`);
  if (expect !== undefined && chainId !== null && !(await holds(chainId, expect))) {
    print(`${chainId} does not hold ${expect}`);
    return 1;
  }
  if (breaks.some(isAsked)) return 1;
  const sound = heads.filter(isAsked);
  if (account !== undefined) for (const { position, hash } of sound) print(`${account} ends at ${position}:${hash}`);
  print(`${sound.length} ${sound.length === 1 ? 'chain' : 'chains'} intact`);
  return 0;

  async function findAccountId(slug: string): Promise<string> {
    const id = await database.withAccountSlug(slug, (_tx, found) => Promise.resolve(found.id));
    if (id === null) throw new CommandError(`There is no account ${slug}`);
    return id;
  }

  function holds(chain: string, expected: string): Promise<boolean> {
    const [, position, hash] = /^(\d{1,18}):([0-9a-f]{64})$/.exec(expected) ?? [];
    if (position === undefined || hash === undefined) throw new CommandError('--expect takes <position>:<hash>');
    return database.withAccount(
      chain,
      async (tx) => (await tx.auditEvent.count({ where: { chainId: chain, position: BigInt(position), hash } })) === 1,
    );
  }
};
