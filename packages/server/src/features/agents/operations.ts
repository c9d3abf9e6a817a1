import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { agentHealthSchema, agentSummarySchema, widgetConfigSchema } from './replies.ts';
import { agentPathSchema, slugSchema } from './slug.ts';

const A = '/accounts/{account}/agents/{agent}';

export const agentOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/accounts/{account}/agents',
    tag: 'Agents',
    summary: 'The active agents of an account',
    parameters: { path: z.object({ account: slugSchema }) },
    replies: { 200: z.array(agentSummarySchema) },
    errors: ['ACCOUNT_NOT_FOUND'],
  },
  {
    method: 'get',
    path: `${A}/config`,
    tag: 'Agents',
    summary: 'What the widget needs to draw itself',
    description: 'The same for every visitor: cacheable, with an `ETag`, and without a cookie.',
    unlimited: true,
    parameters: { path: agentPathSchema },
    replies: { 200: widgetConfigSchema, 304: null },
  },
  {
    method: 'get',
    path: `${A}/health`,
    tag: 'Agents',
    summary: 'Whether the agent serves',
    unlimited: true,
    parameters: { path: agentPathSchema },
    replies: { 200: agentHealthSchema },
  },
];
