import type { Permission } from './roles.ts';

/** What a key can be made for. The API description names the scope of each address. */
export const SCOPES = ['chat', 'sessions:read', 'sessions:delete', 'usage:read'] as const;

export type Scope = (typeof SCOPES)[number];

/** What people need a permission for and machines may do as well, with that scope. */
export const SCOPE_OF_PERMISSION: Partial<Record<Permission, Scope>> = { read_usage: 'usage:read' };
