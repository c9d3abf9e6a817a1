/** What an account has subscribed to: `accounts.subscription_tier`. What each may do is in app.yaml. */
export const ACCOUNT_TIERS = ['free', 'standard', 'premium', 'enterprise'] as const;
export type AccountTier = (typeof ACCOUNT_TIERS)[number];
