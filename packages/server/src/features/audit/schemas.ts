import { z } from 'zod';

/** A position, as `next_cursor` gives it. */
const cursorSchema = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the next_cursor of a page');

export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: cursorSchema.optional(),
});

export type AuditQuery = z.output<typeof auditQuerySchema>;
