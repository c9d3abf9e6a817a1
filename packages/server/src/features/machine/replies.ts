import { z } from 'zod';
import { citationSchema, finishReasonSchema, historySchema } from '../conversations/index.ts';
import { usageSchema } from '../usage/index.ts';

export const machineReplySchema = z
  .object({
    response: z.string().meta({ description: 'The answer, in Markdown. Data, never markup.' }),
    session_id: z.uuid(),
    metadata: z.object({
      agent: z.string(),
      org_id: z.string().nullable(),
      message_id: z.uuid(),
      user_message_id: z.uuid(),
      status: z.enum(['complete', 'partial', 'error']),
      finish_reason: finishReasonSchema,
      citations: z.array(citationSchema),
      usage: usageSchema.nullable(),
    }),
  })
  .meta({ id: 'MachineReply' });

export const machineSessionSchema = z
  .object({
    session_id: z.uuid(),
    agent: z.string(),
    org_id: z.string().nullable(),
    began_by: z.enum(['api', 'visitor']).meta({ description: 'Only those of `api` are gone on with over the API.' }),
    message_count: z.int().meta({ description: 'Without what was asked again, and without an answer under way.' }),
    created_at: z.iso.datetime(),
    last_activity_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'MachineSession' });

export const machineHistorySchema = historySchema;
