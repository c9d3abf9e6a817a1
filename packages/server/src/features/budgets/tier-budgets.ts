import type { AppSettings } from '../../config.ts';

/** What an account of each tier may spend: `budgets.tiers` of app.yaml. */
export type TierBudgets = AppSettings['budgets']['tiers'];
