import type { ErrorCode } from '@salient/shared-types';
import type { z } from 'zod';
import type { Permission } from '../access/roles.ts';

/** What one method of one address takes and answers, for the API description. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters as `{name}`. */
  path: string;
  summary: string;
  /** Markdown. */
  description?: string;
  tag: ApiTag;
  /** What a person must be allowed to do in the account of the path, for addresses behind `enterAccount`. */
  permission?: Permission;
  /** Parameters of the path and the query. Every parameter of the path is in `parameters.path`. */
  parameters?: { path?: z.ZodObject; query?: z.ZodObject; header?: z.ZodObject };
  body?: z.ZodType;
  /** By status. `stream`: server-sent events. A schema: JSON. Null: no body. */
  replies: Record<number, Reply>;
  /** Asks no limit. Default: every address may ask only so often. */
  unlimited?: true;
  /** Besides those that every operation of its kind can answer with. */
  errors?: readonly ErrorCode[];
}

export type Reply = z.ZodType | 'stream' | { contentType: string } | null;

export const API_TAGS = {
  Conversations: 'What a visitor says to an agent and reads from it.',
  Sessions: 'Who a visitor is, without asking them.',
  Agents: 'What an account offers.',
  People: 'Who signs in, and what they may do in which account.',
  Operation: 'For whoever runs the server.',
} as const;

export type ApiTag = keyof typeof API_TAGS;
