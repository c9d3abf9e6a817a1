import { CommandError } from './command-error.ts';
import { readOptions } from './read-options.ts';
import type { Command } from './run-command.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const USD = /^\d{1,4}(\.\d{1,8})?$/;

/** `ledger correct`: enters what a request has really cost, beside the row that says otherwise. */
export const correctLedger: Command = async (args, { database, print }) => {
  const { account, request, cost, reason } = readOptions(args, ['account', 'request', 'cost', 'reason']);
  if (!UUID.test(request)) throw new CommandError('--request takes the id of a row of llm_requests');
  if (!USD.test(cost)) throw new CommandError('--cost takes US dollars, such as 0.0125');
  const corrected = await database.withAccountSlug(account, async (tx, { id: accountId }) => {
    const wrong = await tx.llmRequest.findUnique({ where: { accountId_id: { accountId, id: request } } });
    if (!wrong || wrong.entry !== 1) throw new CommandError(`${account} has no request ${request}`);
    const corrections = await tx.llmRequest.count({ where: { accountId, correctsId: request } });
    if (corrections > 0) throw new CommandError('That row has been corrected before. Correct what corrected it.');
    const [{ id }] = await tx.$queryRaw<[{ id: string }]>`
      SELECT correct_llm_request(${accountId}::uuid, ${request}::uuid, ${cost}::numeric, ${reason})::text AS id`;
    return { id, before: wrong.totalCost?.toFixed(8) ?? 'unknown' };
  });
  if (!corrected) throw new CommandError(`There is no account ${account}`);
  print(`Was ${corrected.before}, is ${cost}: row ${corrected.id}`);
  return 0;
};
