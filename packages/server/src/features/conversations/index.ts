export type { ConversationDependencies } from './dependencies.ts';
export { drainTurns } from './drain-turns.ts';
export { createLiveTurns } from './live-turns.ts';
export { createModelChoices, type ModelChoices } from './model-choices.ts';
export { conversationOperations } from './operations.ts';
export { streamEventSchemas } from './replies.ts';
export { createConversationRoutes } from './routes.ts';
export { DRAFT_INTERVAL_MS, endOrphans, keepDrafts, ORPHAN_INTERVAL_MS } from './turn-lease.ts';
