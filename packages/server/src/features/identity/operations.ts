import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { agentPathSchema } from '../agents/index.ts';
import {
  accountPathSchema,
  createIdentityKeySchema,
  identifiedSchema,
  identifySchema,
  identityKeyPathSchema,
  identityKeySchema,
} from './schemas.ts';

const KEYS = '/accounts/{account}/admin/identity-keys';

export const identityOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/accounts/{account}/agents/{agent}/identify',
    tag: 'Sessions',
    summary: 'Says who the visitor is',
    description:
      "With a `token` that the account's own server has signed, the visitor is that person from now on, on every device, and " +
      'what the browser was recognised by before is worth nothing any more. Anything else is kept as what the visitor says.',
    parameters: { path: agentPathSchema },
    body: identifySchema,
    replies: { 200: identifiedSchema },
    errors: ['UNAUTHENTICATED'],
  },
  {
    method: 'get',
    path: KEYS,
    tag: 'Visitors',
    summary: 'The keys that the account vouches for its visitors with',
    permission: 'manage_keys',
    parameters: { path: accountPathSchema },
    replies: { 200: z.object({ identity_keys: z.array(identityKeySchema) }) },
  },
  {
    method: 'post',
    path: KEYS,
    tag: 'Visitors',
    summary: 'Makes a key; at most two are active',
    permission: 'manage_keys',
    parameters: { path: accountPathSchema },
    body: createIdentityKeySchema,
    replies: {
      201: identityKeySchema.extend({
        secret: z
          .string()
          .nullable()
          .meta({ description: 'Shown this once. Null where the account keeps the private half.' }),
      }),
    },
  },
  {
    method: 'delete',
    path: `${KEYS}/{key_id}`,
    tag: 'Visitors',
    summary: 'Revokes a key: proofs signed with it count no more',
    permission: 'manage_keys',
    parameters: { path: identityKeyPathSchema },
    replies: { 200: identityKeySchema },
    errors: ['NOT_FOUND'],
  },
];
