import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { slugSchema } from '../agents/index.ts';
import { usageSummarySchema } from './replies.ts';
import { usageQuerySchema } from './schemas.ts';

export const usageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/accounts/{account}/admin/usage',
    tag: 'Costs',
    summary: 'What an account has spent, by agent, day or model',
    description: 'The exact sums of the ledger. Calls count on the day they ended.',
    permission: 'read_usage',
    parameters: { path: z.object({ account: slugSchema }), query: usageQuerySchema },
    replies: { 200: usageSummarySchema },
  },
];
