export type { ConversationOwner, HistoryRow } from './conversation-reads.ts';
export { isDatabaseUnavailable } from './database-unavailable.ts';
export { openDatabase, type Database, type DatabaseOptions } from './open-database.ts';
export { findDrift, migrate } from './migrate.ts';
export { becomePerson, lookAtAccount, NOBODY, stepIntoAccount, type PersonTransaction } from './person-scope.ts';
export { persistently } from './persistently.ts';
export type { AccountTransaction, WorkerTransaction } from './tenant-scope.ts';
export type { BudgetNotification, BudgetRequest, ReachedBudget } from './budget-statements.ts';
export type {
  AttemptOutcome,
  BeginTurnOutcome,
  FoundKnowledge,
  KnowledgeSearch,
  LlmRequestRow,
  OrphanedTurn,
  PendingCall,
  StartTurnInput,
} from './turn-statements.ts';
export type { EnterByKeyInput, EnteredByKey, EnteredVisitor } from './visitor-statements.ts';
