import type { ErrorCode } from '@salient/shared-types';
import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { agentPathSchema, slugSchema } from '../agents/index.ts';
import { chatReplySchema, feedbackReplySchema, historySchema, stopReplySchema } from './replies.ts';
import {
  feedbackSchema,
  historyQuerySchema,
  messagePathSchema,
  sendMessageSchema,
  streamQuerySchema,
  turnPathSchema,
} from './schemas.ts';

const A = '/accounts/{account}/agents/{agent}';
const OLDER = 'An older address of the same.';

const IDENTIFIED: readonly ErrorCode[] = ['UNAUTHENTICATED'];
const CHANGING: readonly ErrorCode[] = [...IDENTIFIED, 'NOT_FOUND'];
const SENDING: readonly ErrorCode[] = [
  ...CHANGING,
  'FORBIDDEN',
  'UNSUPPORTED_MEDIA_TYPE',
  'TURN_IN_PROGRESS',
  'BUDGET_EXCEEDED',
];
const FAILING: readonly ErrorCode[] = [...SENDING, 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT'];
/** Addresses that name no agent ask the default account's. */
const DEFAULT_AGENT: readonly ErrorCode[] = [
  'AGENT_NOT_FOUND',
  'ACCOUNT_NOT_FOUND',
  'AGENT_MISCONFIGURED',
  'ORIGIN_NOT_ALLOWED',
];

const rejoinHeader = z.object({
  'Last-Event-ID': z.string().optional().meta({ description: 'The `id` of the last event received.' }),
});

const STREAM_DESCRIPTION =
  'Server-sent events: `turn`, then `message` with pieces of the answer, perhaps `tool`, then `done`; `error` before `done` ' +
  'when something failed. Joined `message` data is the stored answer. The turn goes on when the reader leaves.';

/** @param maxMessageChars the longest message, in characters */
export function conversationOperations(maxMessageChars: number): readonly Operation[] {
  const body = sendMessageSchema(maxMessageChars);
  const query = streamQuerySchema(maxMessageChars);
  const olderPath = agentPathSchema.extend({ agent_type: slugSchema });
  const streamByGet = { tag: 'Conversations', replies: { 200: 'stream', 204: null }, errors: SENDING } as const;

  return [
    {
      method: 'post',
      path: `${A}/chat`,
      tag: 'Conversations',
      summary: 'Sends a message and waits for the whole answer',
      parameters: { path: agentPathSchema },
      body,
      replies: { 200: chatReplySchema },
      errors: FAILING,
    },
    {
      method: 'post',
      path: `${A}/stream`,
      tag: 'Conversations',
      summary: 'Sends a message and streams the answer',
      description: STREAM_DESCRIPTION,
      parameters: { path: agentPathSchema },
      body,
      replies: { 200: 'stream' },
      errors: SENDING,
    },
    {
      ...streamByGet,
      method: 'get',
      path: `${A}/stream`,
      summary: 'The same for EventSource, htmx and curl, or rejoins an answer',
      description: `With \`message\` it sends; with \`turn\` or \`Last-Event-ID\` it gives what is missing. ${STREAM_DESCRIPTION}`,
      parameters: { path: agentPathSchema, query, header: rejoinHeader },
    },
    {
      method: 'get',
      path: `${A}/history`,
      tag: 'Conversations',
      summary: 'A page of the conversation, the newest first, each oldest first',
      parameters: { path: agentPathSchema, query: historyQuerySchema },
      replies: { 200: historySchema },
      errors: IDENTIFIED,
    },
    {
      method: 'post',
      path: `${A}/turns/{turn_id}/stop`,
      tag: 'Conversations',
      summary: 'Stops generating; what came so far is kept and billed',
      parameters: { path: agentPathSchema.extend(turnPathSchema.shape) },
      replies: { 200: stopReplySchema },
      errors: CHANGING,
    },
    {
      method: 'post',
      path: `${A}/messages/{message_id}/feedback`,
      tag: 'Conversations',
      summary: 'Rates an answer, or takes the rating back',
      parameters: { path: agentPathSchema.extend(messagePathSchema.shape) },
      body: feedbackSchema,
      replies: { 200: feedbackReplySchema },
      errors: CHANGING,
    },
    {
      method: 'post',
      path: '/accounts/{account}/chat/{agent_type}/{agent}',
      tag: 'Conversations',
      summary: 'Sends a message and waits for the whole answer',
      description: OLDER,
      parameters: { path: olderPath },
      body,
      replies: { 200: chatReplySchema },
      errors: FAILING,
    },
    {
      method: 'post',
      path: '/accounts/{account}/agents/{agent_type}/{agent}/stream',
      tag: 'Conversations',
      summary: 'Sends a message and streams the answer',
      description: OLDER,
      parameters: { path: olderPath },
      body,
      replies: { 200: 'stream' },
      errors: SENDING,
    },
    {
      ...streamByGet,
      method: 'get',
      path: '/accounts/{account}/agents/{agent_type}/{agent}/stream',
      summary: 'Sends by address, or rejoins an answer',
      description: OLDER,
      parameters: { path: olderPath, query, header: rejoinHeader },
    },
    {
      method: 'post',
      path: '/chat',
      tag: 'Conversations',
      summary: "Asks the default account's first agent",
      description: OLDER,
      body,
      replies: { 200: chatReplySchema },
      errors: [...FAILING, ...DEFAULT_AGENT],
    },
    {
      ...streamByGet,
      method: 'get',
      path: '/events/stream',
      summary: "Asks the default account's first agent by address",
      description: OLDER,
      parameters: { query, header: rejoinHeader },
      errors: [...SENDING, ...DEFAULT_AGENT],
    },
  ];
}
