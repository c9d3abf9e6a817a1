import type { Operation } from '../../openapi/operation.ts';
import { apiKeysSchema, newApiKeySchema } from './replies.ts';
import { accountPathSchema, createKeySchema, keyPathSchema } from './schemas.ts';

const KEYS = '/accounts/{account}/admin/keys';

export const keyOperations: readonly Operation[] = [
  {
    method: 'get',
    path: KEYS,
    tag: 'Keys',
    summary: 'The keys of an account, newest first, also revoked ones',
    permission: 'manage_keys',
    parameters: { path: accountPathSchema },
    replies: { 200: apiKeysSchema },
  },
  {
    method: 'post',
    path: KEYS,
    tag: 'Keys',
    summary: 'Makes a key, and shows it this one time',
    permission: 'manage_keys',
    parameters: { path: accountPathSchema },
    body: createKeySchema,
    replies: { 201: newApiKeySchema },
    errors: ['AGENT_NOT_FOUND'],
  },
  {
    method: 'delete',
    path: `${KEYS}/{key_id}`,
    tag: 'Keys',
    summary: 'Revokes a key, from the next request on',
    permission: 'manage_keys',
    parameters: { path: keyPathSchema },
    replies: { 204: null },
    errors: ['NOT_FOUND'],
  },
];
