import { z } from 'zod';
import { slugSchema } from '../agents/index.ts';

export const accountPathSchema = z.object({ account: slugSchema });
export const sessionPathSchema = accountPathSchema.extend({ session_id: z.uuid() });
export const visitorPathSchema = accountPathSchema.extend({ visitor_id: z.uuid() });

export const sessionsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.uuid().optional().meta({ description: 'A `next_cursor`: the page after it.' }),
  agent: slugSchema.optional(),
  visitor: z.uuid().optional(),
  status: z.enum(['open', 'ended']).optional(),
});
export type SessionsQuery = z.output<typeof sessionsQuerySchema>;

export const holdBodySchema = z.strictObject({ on_hold: z.boolean() });

export const eraseAccountBodySchema = z.strictObject({
  confirm: slugSchema.meta({ description: "The account's slug once more." }),
});
