import type { RunStatement } from './run-statement.ts';

/** What a call may cost at most, as `reserve_budget` takes it. Money as decimal strings, US dollars. */
export interface BudgetRequest {
  /** Null: no limit. */
  limits: Record<
    'account_monthly' | 'account_daily' | 'agent_monthly' | 'agent_daily' | 'visitor_daily',
    string | null
  >;
  /** The model, and the cheaper one that takes over when a budget runs low; what a million of their tokens cost at most. */
  choices: { provider: string; model: string; prompt_usd: string; completion_usd: string }[];
  /** At most, without the history. */
  prompt_tokens: number;
  /** With it: the prompt is fitted into the model's room. */
  max_prompt_tokens: number;
  /** At most. */
  completion_tokens: number;
}

/** The budget that has no room. */
export interface ReachedBudget {
  scope: 'account' | 'agent' | 'visitor';
  period: 'day' | 'month';
}

/** What the people of an account are told about one of its budgets. */
export interface BudgetNotification {
  id: string;
  account_id: string;
  account_slug: string;
  /** `budget_low`: four fifths are spent. `budget_reached`: a message was refused. */
  kind: 'budget_low' | 'budget_reached';
  details: {
    scope: 'account' | 'agent';
    agent_instance_id: string | null;
    period: ReachedBudget['period'];
    starts_on: string;
    limit_usd: string;
    spent_usd: string;
  };
}

/** A counter that is not what the ledger and the open reservations add up to. */
export interface BudgetDiscrepancy {
  account_id: string;
  counter_id: string;
  scope: ReachedBudget['scope'];
  period: ReachedBudget['period'];
  starts_on: string;
  problem: 'spent' | 'reserved';
  counted: string;
  expected: string;
}

/** The statements about budgets that belong to no turn. */
export interface BudgetStatements {
  /** Everything that does not add up; empty when all is well. Reads the whole ledger. */
  check(): Promise<BudgetDiscrepancy[]>;
  /** Gives back what is reserved for turns that were deleted while they were answered. Returns how many. */
  releaseLost(): Promise<number>;
  /** Each notification is given to one caller. */
  takeNotifications(limit: number): Promise<BudgetNotification[]>;
  /** Forgets the visitors' counters of days longer ago. Returns how many. */
  forgetVisitors(keepDays: number): Promise<number>;
}

export function createBudgetStatements(run: RunStatement): BudgetStatements {
  return {
    check: () =>
      run(
        `SELECT account_id, counter_id, scope, period, starts_on::text, problem, counted::text, expected::text
        FROM check_budgets()`,
        [],
      ),

    async releaseLost() {
      const [row] = await run<{ count: number }>('SELECT release_lost_reservations() AS count', []);
      return row?.count ?? 0;
    },

    takeNotifications: (limit) => run('SELECT * FROM take_notifications($1::integer)', [limit]),

    async forgetVisitors(keepDays) {
      const [row] = await run<{ count: number }>('SELECT forget_visitor_budgets($1::integer) AS count', [keepDays]);
      return row?.count ?? 0;
    },
  };
}
