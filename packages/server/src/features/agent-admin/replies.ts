import { AGENT_TYPES } from '@salient/shared-types';
import { z } from 'zod';
import { LAYER_NAMES } from '../agents/index.ts';
import { AGENT_STATUSES } from './schemas.ts';

export const managedAgentSchema = z
  .object({
    id: z.uuid(),
    instance_slug: z.string(),
    agent_type: z.enum(AGENT_TYPES),
    display_name: z.string(),
    status: z.enum(AGENT_STATUSES),
    origin: z.enum(['folder', 'api']).meta({ description: '`api`: made over the API, without a folder.' }),
    config_version: z.int(),
    created_at: z.iso.datetime(),
    created_by: z.uuid().nullable().meta({ description: 'The person. Null: the operator.' }),
    last_used_at: z.iso.datetime().nullable().meta({ description: 'Up to a few seconds behind.' }),
  })
  .meta({ id: 'ManagedAgent' });

export const managedAgentsSchema = z.object({
  agents: z.array(managedAgentSchema),
  max_agents: z.int().meta({ description: "The limit of the account's tier. Deleted ones do not count." }),
});

const layerName = z.enum(LAYER_NAMES);

export const agentConfigSchema = z
  .object({
    version: z.int(),
    overrides: z.record(z.string(), z.unknown()).meta({ description: 'What the agent overrides, as it was written.' }),
    settings: z
      .record(z.string(), z.object({ value: z.unknown(), source: layerName }))
      .nullable()
      .meta({ description: 'Every setting in force, by dotted key, and the layer it comes from. Null: broken.' }),
    problem: z.string().nullable().meta({ description: 'Why the settings make no agent. The last good ones serve.' }),
  })
  .meta({ id: 'AgentConfig' });

const versionShape = {
  version: z.int(),
  created_at: z.iso.datetime(),
  created_by: z.uuid().nullable().meta({ description: 'The person. Null: the operator.' }),
  reverted_to: z.int().nullable().meta({ description: 'The older version that this one brought back.' }),
};

export const configVersionsSchema = z.object({
  versions: z.array(z.object(versionShape).meta({ id: 'AgentConfigVersion' })).meta({ description: 'Newest first.' }),
  next_before: z.int().nullable().meta({ description: 'Pass it as `before` for the older ones.' }),
});

const change = z
  .object({
    key: z.string(),
    before: z.unknown().optional().meta({ description: 'Absent: was not set.' }),
    after: z.unknown().optional().meta({ description: 'Absent: is not set any more.' }),
  })
  .meta({ id: 'AgentConfigChange' });

export const configVersionSchema = z.object({
  ...versionShape,
  overrides: z.record(z.string(), z.unknown()),
  changes: z
    .array(change)
    .nullable()
    .meta({ description: 'Against the version before it, by dotted key. Null where that one is not kept any more.' }),
});
