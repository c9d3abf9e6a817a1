import type { SendMessageBody } from '@salient/shared-types';
import { z } from 'zod';

const MAX_CONTEXT_BYTES = 2048;

const CLIENT_MESSAGE_ID_RULE = 'must be 1 to 128 letters, digits, or . _ : -';
export const clientMessageIdSchema = z
  .string({ error: CLIENT_MESSAGE_ID_RULE })
  .regex(/^[\w.:-]{1,128}$/, CLIENT_MESSAGE_ID_RULE);

/** What a visitor said: any Unicode. Line ends become LF and NUL goes; everything else is kept as sent. */
export const messageTextSchema = (maxChars: number) =>
  z
    .string({ error: 'must be text' })
    .refine((text) => text.isWellFormed(), 'contains half of a surrogate pair')
    .transform((text) => text.replaceAll('\0', '').replace(/\r\n?/g, '\n'))
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine((text) => countCharacters(text.trim()) <= maxChars, `must be at most ${maxChars} characters`)
    .meta({ description: `1 to ${maxChars} characters after trimming.` });

export function sendMessageSchema(maxChars: number) {
  return z.object({
    message: messageTextSchema(maxChars),
    client_message_id: clientMessageIdSchema
      .optional()
      .meta({ description: 'Unique per session. Sent again, it joins the turn instead of asking twice.' }),
    replaces: z
      .uuid('must be the id of a message')
      .optional()
      .meta({ description: "Id of the session's last user message, whose turn is asked again." }),
    context: z
      .record(z.string(), z.unknown(), 'must be an object')
      .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_CONTEXT_BYTES, 'must be at most 2 KB of JSON')
      .optional(),
    consent: z
      .string({ error: 'must be text' })
      .trim()
      .min(1, 'must not be empty')
      .max(1000, 'must be at most 1000 characters')
      .refine((text) => text.isWellFormed(), 'contains half of a surrogate pair')
      .transform((text) => text.replaceAll('\0', ''))
      .optional()
      .meta({ description: 'The text the visitor has agreed to, as shown. Kept with the session, once.' }),
  }) satisfies z.ZodType<SendMessageBody>;
}

/** The same from an address: `?message=&client_message_id=`, or `?turn=` to come back to an answer. */
export function streamQuerySchema(maxChars: number) {
  return z
    .object({
      turn: z.uuid('must be the id of a turn').optional(),
      message: messageTextSchema(maxChars).optional(),
      client_message_id: clientMessageIdSchema.optional(),
    })
    .refine((query) => (query.turn === undefined) !== (query.message === undefined), {
      error: 'give either message or turn',
      path: ['message'],
    });
}

export const messagePathSchema = z.object({ message_id: z.uuid() });
export const turnPathSchema = z.object({ turn_id: z.uuid() });

export const feedbackSchema = z.object({
  rating: z.enum(['up', 'down'], 'must be up, down or null').nullable(),
  comment: z
    .string({ error: 'must be text' })
    .trim()
    .max(2000, 'must be at most 2000 characters')
    .refine((text) => text.isWellFormed(), 'contains half of a surrogate pair')
    .transform((text) => text.replaceAll('\0', ''))
    .optional(),
});

const LIMIT_RULE = 'must be a whole number from 1 to 200';

export const historyQuerySchema = z.object({
  limit: z.coerce.number(LIMIT_RULE).int(LIMIT_RULE).min(1, LIMIT_RULE).max(200, LIMIT_RULE).default(50),
  before: z.uuid('must be a next_cursor').optional(),
});

/** Characters as people count them to a limit: code points, so that an emoji is one and not two. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
