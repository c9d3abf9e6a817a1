import { z } from 'zod';
import { slugSchema } from '../agents/index.ts';
import { clientMessageIdSchema, messageTextSchema } from '../conversations/index.ts';

const orgId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{C}]*$/u, 'must not hold control characters');

export function machineMessageSchema(maxChars: number) {
  return z.strictObject({
    message: messageTextSchema(maxChars),
    session_id: z
      .uuid('must be the id of a session')
      .nullish()
      .meta({ description: 'A conversation begun here. Default: a new one.' }),
    org_id: orgId
      .nullish()
      .meta({ description: "The customer's own grouping, kept with the session. Later it must be the same." }),
    agent: slugSchema
      .nullish()
      .meta({ description: "Default: the one the key or the session is for, else the account's first." }),
    client_message_id: clientMessageIdSchema
      .nullish()
      .meta({ description: 'Sent again, it gives the same answer, and asks no model twice.' }),
  });
}

export type MachineMessage = z.output<ReturnType<typeof machineMessageSchema>>;

export const sessionIdPathSchema = z.object({ session_id: z.uuid('must be the id of a session') });
