import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { slugSchema } from '../agents/index.ts';
import { auditCheckSchema, auditPageSchema } from './replies.ts';
import { auditQuerySchema } from './schemas.ts';

const path = z.object({ account: slugSchema });

export const auditOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/accounts/{account}/admin/audit',
    tag: 'People',
    permission: 'read_audit',
    summary: 'Who changed what, newest first',
    parameters: { path, query: auditQuerySchema },
    replies: { 200: auditPageSchema },
  },
  {
    method: 'get',
    path: '/accounts/{account}/admin/audit/check',
    tag: 'People',
    permission: 'read_audit',
    summary: 'Whether the log is still what was written',
    description: 'Keep `head` somewhere else: against whoever could write the whole log anew.',
    parameters: { path },
    replies: { 200: auditCheckSchema },
  },
];
