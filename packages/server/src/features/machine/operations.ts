import type { ErrorCode } from '@salient/shared-types';
import type { Operation } from '../../openapi/operation.ts';
import { historyQuerySchema } from '../conversations/index.ts';
import { machineHistorySchema, machineReplySchema, machineSessionSchema } from './replies.ts';
import { machineMessageSchema, sessionIdPathSchema } from './schemas.ts';

const SENDING: readonly ErrorCode[] = [
  'NOT_FOUND',
  'AGENT_NOT_FOUND',
  'AGENT_MISCONFIGURED',
  'TURN_IN_PROGRESS',
  'RATE_LIMIT_EXCEEDED',
  'BUDGET_EXCEEDED',
];
const SESSION = '/api/v1/sessions/{session_id}';

/** @param maxMessageChars the longest message, in characters */
export function machineOperations(maxMessageChars: number): readonly Operation[] {
  const body = machineMessageSchema(maxMessageChars);
  const ofSession = { tag: 'Machines', parameters: { path: sessionIdPathSchema } } as const;
  return [
    {
      method: 'post',
      path: '/api/v1/chat',
      tag: 'Machines',
      summary: 'Sends a message and waits for the whole answer',
      scope: 'chat',
      body,
      replies: { 200: machineReplySchema },
      errors: [...SENDING, 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'],
    },
    {
      method: 'post',
      path: '/api/v1/chat/stream',
      tag: 'Machines',
      summary: 'Sends a message and streams the answer',
      description: 'The same events as for the widget. Sent again with its `client_message_id`, they begin again.',
      scope: 'chat',
      body,
      replies: { 200: 'stream' },
      errors: SENDING,
    },
    {
      ...ofSession,
      method: 'get',
      path: SESSION,
      summary: "A conversation of the key's account, a visitor's too",
      scope: 'sessions:read',
      replies: { 200: machineSessionSchema },
      errors: ['NOT_FOUND', 'RATE_LIMIT_EXCEEDED'],
    },
    {
      ...ofSession,
      method: 'delete',
      path: SESSION,
      summary: 'Deletes a conversation with all that was said',
      description: 'What it has cost stays on the bill.',
      scope: 'sessions:delete',
      replies: { 204: null },
      errors: ['NOT_FOUND', 'TURN_IN_PROGRESS', 'RATE_LIMIT_EXCEEDED'],
    },
    {
      method: 'get',
      path: `${SESSION}/history`,
      tag: 'Machines',
      summary: 'A page of a conversation, the newest first, each oldest first',
      scope: 'sessions:read',
      parameters: { path: sessionIdPathSchema, query: historyQuerySchema },
      replies: { 200: machineHistorySchema },
      errors: ['NOT_FOUND', 'RATE_LIMIT_EXCEEDED'],
    },
  ];
}
