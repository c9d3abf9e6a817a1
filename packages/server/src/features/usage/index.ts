export { contextWindowOf } from './context-window.ts';
export { describeCall, type CallContext, type CallOutcome } from './describe-call.ts';
export { estimatePromptTokens } from './estimate-tokens.ts';
export { createPriceList, type PriceList } from './price-list.ts';
export { readOwnPrices } from './read-own-prices.ts';
export { summarizeSessionUsage } from './summarize-session-usage.ts';
export { unpricedModels } from './unpriced-models.ts';
export { usageOf } from './usage-of.ts';
export { sessionUsageSchema, usageSchema } from './replies.ts';
