import type { AppSettings } from './config.ts';

const TIERS = ['free', 'standard', 'premium', 'enterprise'] as const;

export interface TierLimits {
  maxAgents: number;
  requestsPerHour: number;
}

/** @param name as in `accounts.subscription_tier`, which the database holds to the list */
export function limitsOfTier(tiers: AppSettings['tiers'], name: string): TierLimits {
  const tier = TIERS.find((known) => known === name);
  if (tier === undefined) throw new Error(`unknown tier ${name}`);
  return { maxAgents: tiers[tier].max_agents, requestsPerHour: tiers[tier].requests_per_hour };
}
