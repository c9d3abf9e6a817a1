import { readOptions } from './read-options.ts';
import type { Command } from './run-command.ts';

/** `budgets check`: whether every counter is what the ledger and the open reservations add up to. */
export const checkBudgets: Command = async (args, { database, print }) => {
  readOptions(args, []);
  const problems = await database.budgets.check();
  for (const { account_id, scope, period, starts_on, problem, counted, expected } of problems) {
    print(`${account_id} ${scope} ${period} of ${starts_on}: ${problem} is ${counted}, should be ${expected}`);
  }
  if (problems.length > 0) return 1;
  print('Budgets and ledger add up');
  return 0;
};
