import { AGENT_TYPES } from '@salient/shared-types';
import { z } from 'zod';
import { rowLayerSchema, slugSchema } from '../agents/index.ts';

export const AGENT_STATUSES = ['active', 'paused', 'deleted'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

const displayName = z.string().trim().min(1).max(120);
const version = z.int().min(1).max(2_147_483_647);

export const accountPathSchema = z.object({ account: slugSchema });
export const agentIdPathSchema = accountPathSchema.extend({ agent_id: z.uuid('must be the id of an agent') });
export const versionPathSchema = agentIdPathSchema.extend({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be the number of a version')
    .transform(Number),
});

export const listQuerySchema = z.object({
  status: z.enum(AGENT_STATUSES).optional().meta({ description: 'Default: all but `deleted`.' }),
});

export const versionsQuerySchema = z.object({
  before: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a next_before')
    .transform(Number)
    .optional()
    .meta({ description: 'A `next_before`.' }),
});

/** As it is written: `checkOverrides` reads it, and names every key that is wrong. The API description shows the keys. */
const overrides = z.record(z.string(), z.unknown(), 'must be an object');

export const createAgentSchema = z.strictObject({
  instance_slug: slugSchema,
  agent_type: z.enum(AGENT_TYPES).default('simple_chat'),
  display_name: displayName.optional().meta({ description: 'Default: the slug.' }),
  configuration: overrides.optional().meta({ description: 'What it overrides; as in `.../config`.' }),
});

export const editAgentSchema = z
  .strictObject({ display_name: displayName.optional(), status: z.enum(AGENT_STATUSES).optional() })
  .refine(({ display_name, status }) => display_name !== undefined || status !== undefined, 'nothing to change');

export const putConfigSchema = overrides;
/** What `PUT .../config` takes, for the API description. */
export const configBodySchema = rowLayerSchema.meta({ id: 'AgentOverrides' });

export const revertSchema = z.strictObject({ version });

/** The version that an edit begins with, from `ETag`. */
export const ifMatchSchema = z.object({
  'If-Match': z
    .string({ error: 'is required: send the ETag of the configuration that you have edited' })
    .regex(/^(\*|"\d{1,9}")$/, 'must be the ETag of a configuration, such as "3", or *')
    .meta({ description: 'The `ETag` of the configuration that was edited, or `*` for whatever is there.' }),
});
