/** What a table holds of people, and what becomes of it when a visitor is erased. */
export type TableRecord =
  /** Rows of a visitor, deleted with them. `rows` selects them: $1 is the account, $2 the visitor's id, $3 their key. */
  | { of: 'visitor'; rows: string; hidden: readonly string[] }
  /** Rows about what a visitor's conversations cost. They stay, and name nobody once the visitor is gone. */
  | { of: 'ledger'; rows: string; hidden: readonly string[] }
  /** Rows of the account and its people. They go with the account. */
  | { of: 'account' }
  /** Rows that are nobody's, with the reason. */
  | { of: 'server'; why: string };

const OF_SESSIONS = `account_id = $1::uuid AND session_id IN (
  SELECT id FROM sessions WHERE account_id = $1::uuid AND session_key = $3)`;

/**
 * Every table of the database. In the order in which a visitor's rows are deleted. A test compares this list with the
 * database, so that whoever adds a table says here what it holds of people.
 */
export const INVENTORY: Readonly<Record<string, TableRecord>> = {
  messages: { of: 'visitor', rows: OF_SESSIONS, hidden: ['request_hash', 'lease_owner'] },
  sessions: { of: 'visitor', rows: 'account_id = $1::uuid AND session_key = $3', hidden: ['session_key'] },
  session_tokens: {
    of: 'visitor',
    rows: 'account_id = $1::uuid AND session_key = $3',
    hidden: ['session_key', 'token_hash'],
  },
  visitor_keys: {
    of: 'visitor',
    rows: 'account_id = $1::uuid AND session_key = $3',
    hidden: ['session_key', 'key_hash'],
  },
  profiles: { of: 'visitor', rows: 'account_id = $1::uuid AND visitor_id = $2::uuid', hidden: [] },
  visitors: { of: 'visitor', rows: 'account_id = $1::uuid AND id = $2::uuid', hidden: ['session_key'] },
  budget_counters: {
    of: 'visitor',
    rows: "account_id = $1::uuid AND scope = 'visitor' AND subject = $3",
    hidden: ['subject'],
  },
  llm_requests: { of: 'ledger', rows: OF_SESSIONS, hidden: [] },
  account_budgets: { of: 'account' },
  account_invites: { of: 'account' },
  accounts: { of: 'account' },
  agent_config_versions: { of: 'account' },
  agent_instances: { of: 'account' },
  api_keys: { of: 'account' },
  audit_events: { of: 'account' },
  audit_heads: { of: 'account' },
  budget_reservations: { of: 'account' },
  email_tokens: { of: 'account' },
  identity_keys: { of: 'account' },
  knowledge_chunks: { of: 'account' },
  knowledge_documents: { of: 'account' },
  notifications: { of: 'account' },
  user_roles: { of: 'account' },
  user_sessions: { of: 'account' },
  users: { of: 'account' },
  browser_keys: { of: 'server', why: 'hashes of random secrets that join with no visitor' },
  rate_limits: { of: 'server', why: 'hashes of who came lately, forgotten within hours' },
  roles: { of: 'server', why: 'the names of the roles' },
  _prisma_migrations: { of: 'server', why: 'the migrations that have been applied' },
};
