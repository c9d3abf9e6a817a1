import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { slugSchema } from '../agents/index.ts';
import { accountBudgetsSchema, notificationsSchema } from './replies.ts';
import { budgetBodySchema, notificationsQuerySchema } from './schemas.ts';

const path = z.object({ account: slugSchema });

export const budgetOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/accounts/{account}/admin/budget',
    tag: 'Costs',
    summary: 'What an account may spend, and what it has spent of that',
    permission: 'read_usage',
    parameters: { path },
    replies: { 200: accountBudgetsSchema },
  },
  {
    method: 'put',
    path: '/accounts/{account}/admin/budget',
    tag: 'Costs',
    summary: 'Sets what an account spends at most',
    description: 'Below what its tier allows. In force with the next message.',
    permission: 'manage_limits',
    parameters: { path },
    body: budgetBodySchema,
    replies: { 200: accountBudgetsSchema },
  },
  {
    method: 'get',
    path: '/accounts/{account}/admin/notifications',
    tag: 'Costs',
    summary: 'Budgets that ran low or were spent, newest first',
    permission: 'read_usage',
    parameters: { path, query: notificationsQuerySchema },
    replies: { 200: notificationsSchema },
  },
];
