import { PROVIDER_NAMES, type SessionInfo, type SessionToken } from '@salient/shared-types';
import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { agentPathSchema, slugSchema } from '../agents/index.ts';
import { sessionUsageSchema } from '../usage/index.ts';

export const sessionPathSchema = z.object({ session_id: z.uuid() });

const withSource = <Value extends z.ZodType>(value: Value) => z.object({ value, source: z.string() });

const sessionInfoSchema = z
  .object({
    identified_by: z.enum(['cookie', 'token', 'login', 'none']),
    session_id: z.uuid().nullable(),
    account: z.string(),
    agent: z.string(),
    model: z.object({
      inference_provider: withSource(z.enum(PROVIDER_NAMES)),
      model: withSource(z.string()),
      temperature: withSource(z.number()),
      max_tokens: withSource(z.int()),
      history_limit: withSource(z.int()),
      answered_by: z.object({ provider: z.enum(PROVIDER_NAMES), model: z.string(), reason: z.string().nullable() }),
    }),
  })
  .meta({ id: 'SessionInfo' }) satisfies z.ZodType<SessionInfo>;

/** Read as a whole by `identify` as well. */
export const sessionTokenSchema = z
  .object({
    token: z.string(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'SessionToken' }) satisfies z.ZodType<SessionToken>;

export const signOutSchema = z.object({
  everywhere: z.boolean().default(false).meta({ description: "Also on the visitor's other devices." }),
});

const A = '/accounts/{account}/agents/{agent}';

export const sessionOperations: readonly Operation[] = [
  {
    method: 'post',
    path: `${A}/session/token`,
    tag: 'Sessions',
    summary: 'A bearer token for a browser that blocks the cookie',
    description:
      'Good for this visitor and this agent only. With a known cookie it names the same visitor. Asked for with a token, it takes ' +
      'the place of that one, which works for a short while after the new one is first used. Answers to a token that is ' +
      'due to be exchanged say `X-Salient-Session: rotate`.',
    parameters: { path: agentPathSchema },
    replies: { 200: sessionTokenSchema },
    errors: ['UNAUTHENTICATED'],
  },
  {
    method: 'post',
    path: `${A}/session/signout`,
    tag: 'Sessions',
    summary: 'Parts the browser from its visitor',
    description:
      'What it was recognised by is worth nothing any more, and whoever uses the browser next is somebody new. The ' +
      'conversations stay with the visitor.',
    parameters: { path: agentPathSchema },
    body: signOutSchema,
    replies: { 200: z.object({ signed_out: z.literal(true) }) },
    errors: ['UNAUTHENTICATED'],
  },
  {
    method: 'post',
    path: `${A}/session/reset`,
    tag: 'Sessions',
    summary: 'Ends the conversation; the next message begins another',
    parameters: { path: agentPathSchema },
    replies: { 200: z.object({ session_id: z.null() }) },
    errors: ['UNAUTHENTICATED'],
  },
  {
    method: 'get',
    path: '/api/session',
    tag: 'Sessions',
    summary: 'Who the server thinks this visitor is, and which model answers them',
    parameters: { query: z.object({ account: slugSchema.optional(), agent: slugSchema.optional() }) },
    replies: { 200: sessionInfoSchema },
    errors: ['UNAUTHENTICATED', 'ACCOUNT_NOT_FOUND', 'AGENT_NOT_FOUND', 'AGENT_MISCONFIGURED', 'ORIGIN_NOT_ALLOWED'],
  },
  {
    method: 'get',
    path: '/api/session/{session_id}/usage',
    tag: 'Sessions',
    summary: "Requests, tokens and cost of a session of one's own",
    parameters: { path: sessionPathSchema },
    replies: { 200: sessionUsageSchema },
    errors: ['NOT_FOUND', 'AGENT_NOT_FOUND', 'ACCOUNT_NOT_FOUND', 'AGENT_MISCONFIGURED', 'ORIGIN_NOT_ALLOWED'],
  },
];
