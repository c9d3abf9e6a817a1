import { z } from 'zod';
import { SCOPES } from '../../access/scopes.ts';
import { slugSchema } from '../agents/index.ts';

export const accountPathSchema = z.object({ account: slugSchema });
export const keyPathSchema = accountPathSchema.extend({ key_id: z.uuid('must be the id of a key') });

export const createKeySchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'must not hold control characters')
    .meta({ description: 'What it is for, for people.' }),
  scopes: z
    .array(z.enum(SCOPES, `must each be one of ${SCOPES.join(', ')}`))
    .min(1, 'must name at least one scope')
    .transform((scopes) => [...new Set(scopes)]),
  agent: slugSchema.nullish().meta({ description: 'The one agent it is for. Default: every agent of the account.' }),
  expires_at: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' })
    .transform((text) => new Date(text))
    .refine((date) => date.getTime() > Date.now(), 'must be in the future')
    .nullish()
    .meta({ description: 'Default: never.' }),
});
