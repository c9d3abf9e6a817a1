import { z } from 'zod';
import type { Operation } from '../../openapi/operation.ts';
import { messageSchema } from '../conversations/index.ts';
import type { AccountExport, AccountReceipt } from './account-data.ts';
import type { ErasureReceipt } from './erase-visitor.ts';
import type { VisitorExport } from './export-visitor.ts';
import type { SessionSummary } from './list-sessions.ts';
import type { SessionDetail } from './read-session.ts';
import {
  accountPathSchema,
  eraseAccountBodySchema,
  holdBodySchema,
  sessionPathSchema,
  sessionsQuerySchema,
  visitorPathSchema,
} from './schemas.ts';

const status = z.enum(['open', 'ended']);

const summarySchema = z
  .object({
    id: z.uuid(),
    agent: z.string().nullable(),
    visitor: z
      .object({ id: z.uuid(), verified: z.boolean(), user_id: z.string().nullable(), email: z.string().nullable() })
      .nullable()
      .meta({ description: 'User id and e-mail only as far as the account vouches for them.' }),
    status,
    on_hold: z.boolean(),
    created_at: z.iso.datetime(),
    last_activity_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'SessionSummary' }) satisfies z.ZodType<SessionSummary>;

const detailSchema = z
  .object({
    id: z.uuid(),
    visitor_id: z.uuid().nullable(),
    status,
    on_hold: z.boolean(),
    profile: z
      .array(z.object({ field: z.string(), value: z.string(), verified: z.boolean(), collides: z.boolean() }))
      .meta({ description: 'What is not verified, the visitor only says.' }),
    messages: z.array(messageSchema),
  })
  .meta({ id: 'SessionDetail' }) satisfies z.ZodType<SessionDetail>;

const exportSchema = z
  .object({
    visitor_id: z.uuid(),
    exported_at: z.iso.datetime(),
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  })
  .meta({ id: 'VisitorExport' }) satisfies z.ZodType<VisitorExport>;

const receiptSchema = z
  .object({
    visitor_id: z.uuid(),
    erased_at: z.iso.datetime(),
    stores: z.array(
      z.object({
        store: z.enum(['database', 'live answers', 'files']),
        name: z.string(),
        erased: z.int(),
        note: z.string().nullable(),
      }),
    ),
    kept: z.array(z.object({ name: z.string(), rows: z.int(), why: z.string() })),
  })
  .meta({ id: 'ErasureReceipt' }) satisfies z.ZodType<ErasureReceipt>;

const accountExportSchema = z
  .object({
    account: z.string(),
    exported_at: z.iso.datetime(),
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  })
  .meta({ id: 'AccountExport' }) satisfies z.ZodType<AccountExport>;

const accountReceiptSchema = z
  .object({
    account: z.string(),
    erased_at: z.iso.datetime(),
    erased: z.array(z.object({ name: z.string(), rows: z.int() })),
    kept: z.array(z.object({ name: z.string(), rows: z.int(), why: z.string() })),
  })
  .meta({ id: 'AccountReceipt' }) satisfies z.ZodType<AccountReceipt>;

const ADMIN = '/accounts/{account}/admin';

export const visitorRecordOperations: readonly Operation[] = [
  {
    method: 'get',
    path: `${ADMIN}/sessions`,
    tag: 'Visitors',
    summary: 'Conversations of the account, the newest first',
    permission: 'read_conversations',
    parameters: { path: accountPathSchema, query: sessionsQuerySchema },
    replies: { 200: z.object({ sessions: z.array(summarySchema), next_cursor: z.uuid().nullable() }) },
  },
  {
    method: 'get',
    path: `${ADMIN}/sessions/{session_id}`,
    tag: 'Visitors',
    summary: 'A conversation, and what is known of its visitor',
    description: 'Reading it is noted in the audit log.',
    permission: 'read_conversations',
    parameters: { path: sessionPathSchema },
    replies: { 200: detailSchema },
    errors: ['NOT_FOUND'],
  },
  {
    method: 'post',
    path: `${ADMIN}/sessions/{session_id}/terminate`,
    tag: 'Visitors',
    summary: 'Ends a conversation, and signs its visitor out everywhere',
    permission: 'manage_conversations',
    parameters: { path: sessionPathSchema },
    replies: { 204: null },
    errors: ['NOT_FOUND'],
  },
  {
    method: 'put',
    path: `${ADMIN}/sessions/{session_id}/hold`,
    tag: 'Visitors',
    summary: 'Keeps a conversation whatever its age, or lets it go',
    permission: 'manage_conversations',
    parameters: { path: sessionPathSchema },
    body: holdBodySchema,
    replies: { 204: null },
    errors: ['NOT_FOUND'],
  },
  {
    method: 'get',
    path: `${ADMIN}/visitors/{visitor_id}/export`,
    tag: 'Visitors',
    summary: 'Everything that is stored about a visitor',
    permission: 'manage_conversations',
    parameters: { path: visitorPathSchema },
    replies: { 200: exportSchema },
    errors: ['NOT_FOUND'],
  },
  {
    method: 'delete',
    path: `${ADMIN}/visitors/{visitor_id}`,
    tag: 'Visitors',
    summary: 'Erases everything that is stored about a visitor',
    description: 'Answers with a receipt, store by store. The ledger keeps amounts, without the person.',
    permission: 'manage_conversations',
    parameters: { path: visitorPathSchema },
    replies: { 200: receiptSchema },
    errors: ['NOT_FOUND'],
  },
  {
    method: 'get',
    path: '/accounts/{account}/export',
    tag: 'Visitors',
    summary: 'Everything that is stored of the account',
    permission: 'export_account',
    parameters: { path: accountPathSchema },
    replies: { 200: accountExportSchema },
  },
  {
    method: 'delete',
    path: '/accounts/{account}',
    tag: 'Visitors',
    summary: 'Erases the account, with its agents, people and visitors',
    description: 'For good. Bills and the audit log stay, and the slug is not given to anybody else.',
    permission: 'delete_account',
    parameters: { path: accountPathSchema },
    body: eraseAccountBodySchema,
    replies: { 200: accountReceiptSchema },
  },
];
