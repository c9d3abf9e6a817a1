import { z } from 'zod';

const detailSchema = z.record(z.string(), z.unknown()).nullable();

const auditEventSchema = z
  .object({
    id: z.uuid(),
    position: z.string().meta({ description: 'From 1 without gaps.' }),
    action: z.string(),
    actor: z.object({ kind: z.enum(['user', 'key', 'system']), id: z.uuid().nullable(), role: z.string().nullable() }),
    target: z.object({ kind: z.string(), id: z.string() }).nullable(),
    before: detailSchema,
    after: detailSchema,
    address: z.string().nullable().meta({ description: 'Where it was asked from.' }),
    request_id: z.uuid().nullable(),
    created_at: z.iso.datetime(),
    previous_hash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEvent' });

export const auditPageSchema = z
  .object({ events: z.array(auditEventSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditPage' });

export const auditCheckSchema = z
  .object({
    intact: z.boolean(),
    /** Keep it somewhere else: whoever could write the whole log anew could not change that. */
    head: z.object({ position: z.string(), hash: z.string() }).nullable(),
    breaks: z.array(z.object({ position: z.string(), problem: z.enum(['altered', 'missing', 'unlinked', 'cut']) })),
  })
  .meta({ id: 'AuditCheck' });

export type AuditPage = z.output<typeof auditPageSchema>;
export type AuditCheck = z.output<typeof auditCheckSchema>;
