import { z } from 'zod';
import { ROLES } from '../../access/roles.ts';

const roleSchema = z.enum(ROLES);

export const accountSchema = z
  .object({ slug: z.string(), name: z.string(), role: roleSchema, subscription_tier: z.string() })
  .meta({ id: 'AccountOfPerson' });

export const accountDetailSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    subscription_tier: z.string(),
    limits: z.object({ max_agents: z.int(), requests_per_hour: z.int() }).meta({ description: 'Of the tier.' }),
    created_by: z.uuid().nullable().meta({ description: 'The person who opened it; null: the operator.' }),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AccountDetail' });

export const meSchema = z
  .object({ id: z.uuid(), email: z.string(), name: z.string(), accounts: z.array(accountSchema) })
  .meta({ id: 'Me' });

export const acceptedSchema = z.object({ status: z.literal('check_email') });

export const loginSessionSchema = z
  .object({
    id: z.uuid(),
    device: z.string().meta({ description: 'What the browser called itself.' }),
    address: z.string().nullable(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    is_current: z.boolean(),
  })
  .meta({ id: 'LoginSession' });

export const memberSchema = z
  .object({
    user_id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    created_at: z.iso.datetime(),
    created_by: z.uuid().nullable(),
  })
  .meta({ id: 'Member' });

export const inviteSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: roleSchema,
    invited_by: z.uuid().nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Invite' });
