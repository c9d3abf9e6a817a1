/** What a person can be in an account, from the most to the least. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

const EVERYBODY = ROLES;
const WRITERS = ['owner', 'admin', 'member'] as const;
const ADMINS = ['owner', 'admin'] as const;
const OWNERS = ['owner'] as const;

/**
 * Who may do what: the one table. Addresses name their permission in `operations.ts`; docs/people.md shows the table, and
 * the tests walk it, for every address and role.
 */
export const ROLE_MATRIX = {
  read_account: EVERYBODY,
  edit_account: ADMINS,
  export_account: OWNERS,
  delete_account: OWNERS,
  read_people: EVERYBODY,
  /** Nobody but an owner makes, changes or removes owners. */
  manage_people: ADMINS,
  use_agents: EVERYBODY,
  read_agents: EVERYBODY,
  edit_agents: WRITERS,
  delete_agents: ADMINS,
  read_conversations: WRITERS,
  /** Ends sessions of visitors, exports and erases what a visitor left. */
  manage_conversations: ADMINS,
  read_usage: EVERYBODY,
  manage_limits: ADMINS,
  manage_keys: ADMINS,
  manage_webhooks: ADMINS,
  read_audit: ADMINS,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof ROLE_MATRIX;

export function mayDo(role: Role, permission: Permission): boolean {
  return (ROLE_MATRIX[permission] as readonly Role[]).includes(role);
}
