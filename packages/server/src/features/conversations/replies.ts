import { ERROR_STATUS } from '@salient/shared-types';
import type { ChatReply, DoneEvent, History, Message, ToolEvent, TurnEvent } from '@salient/shared-types';
import { z } from 'zod';
import { usageSchema } from '../usage/index.ts';

export const finishReasonSchema = z.enum(['stop', 'length', 'stopped', 'error']);
const feedback = z.object({ rating: z.enum(['up', 'down']), comment: z.string().exactOptional() });

export const citationSchema = z
  .object({
    index: z.int().min(1),
    title: z.string(),
    section: z.string().nullable(),
    quote: z.string(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Citation' });

export const messageSchema = z
  .object({
    id: z.uuid(),
    role: z.enum(['user', 'assistant', 'system']),
    content: z.string().meta({ description: 'Exactly what was said. Data, never markup.' }),
    status: z.enum(['pending', 'complete', 'partial', 'error']),
    created_at: z.iso.datetime(),
    metadata: z.object({
      finish_reason: finishReasonSchema.exactOptional(),
      citations: z.array(citationSchema).exactOptional(),
      error_code: z.enum(Object.keys(ERROR_STATUS) as [keyof typeof ERROR_STATUS]).exactOptional(),
    }),
    feedback: feedback.exactOptional(),
  })
  .meta({ id: 'Message' }) satisfies z.ZodType<Message>;

export const chatReplySchema = z
  .object({
    session_id: z.uuid(),
    message: messageSchema,
    user_message: messageSchema,
    usage: usageSchema.nullable(),
  })
  .meta({ id: 'ChatReply' }) satisfies z.ZodType<ChatReply>;

export const historySchema = z
  .object({
    session_id: z.uuid().nullable(),
    messages: z.array(messageSchema).meta({ description: 'Oldest first.' }),
    active_turn: z.object({ id: z.uuid() }).nullable().meta({ description: 'The answer under way, to be rejoined.' }),
    next_cursor: z.uuid().nullable().meta({ description: 'Pass it as `before` for the page before this one.' }),
  })
  .meta({ id: 'History' }) satisfies z.ZodType<History>;

export const stopReplySchema = z.object({ turn_id: z.uuid(), status: z.enum(['complete', 'partial', 'error']) });

export const feedbackReplySchema = z.object({ message_id: z.uuid(), feedback: feedback.nullable() });

/** The JSON events of a stream. `message` is text. */
export const streamEventSchemas = {
  turn: z.object({
    turn_id: z.uuid(),
    user_message_id: z.uuid(),
    message_id: z.uuid(),
    session_id: z.uuid(),
  }) satisfies z.ZodType<TurnEvent>,
  tool: z.object({ name: z.string(), status: z.enum(['started', 'finished']) }) satisfies z.ZodType<ToolEvent>,
  done: z.object({
    message_id: z.uuid(),
    finish_reason: finishReasonSchema,
    status: z.enum(['complete', 'partial', 'error']),
    usage: usageSchema.nullable(),
    citations: z.array(citationSchema),
  }) satisfies z.ZodType<DoneEvent>,
};
