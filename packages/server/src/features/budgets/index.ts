export { budgetOperations } from './operations.ts';
export { createBudgetRoutes } from './routes.ts';
export { overBudgetMessage } from './over-budget.ts';
export { planReservation } from './plan-reservation.ts';
export type { TierBudgets } from './tier-budgets.ts';
export {
  ANNOUNCE_INTERVAL_MS,
  announceBudgets,
  FORGET_VISITORS_INTERVAL_MS,
  forgetVisitorBudgets,
  releaseLostReservations,
} from './watch-budgets.ts';
