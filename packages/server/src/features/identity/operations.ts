import type { Operation } from '../../openapi/operation.ts';
import { agentPathSchema } from '../agents/index.ts';
import { identifiedSchema, identifySchema } from './schemas.ts';

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
];
