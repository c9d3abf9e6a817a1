import { z } from 'zod';
import { SCOPES } from '../../access/scopes.ts';

const keyShape = {
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().meta({ description: 'The part after `ak_`, by which people know it.' }),
  scopes: z.array(z.enum(SCOPES)),
  agent: z.string().nullable().meta({ description: 'The one agent it is for. Null: every agent of the account.' }),
  created_at: z.iso.datetime(),
  created_by: z.uuid().nullable().meta({ description: 'The person. Null: the operator.' }),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable().meta({ description: 'Up to a few seconds behind.' }),
};

export const apiKeySchema = z.object(keyShape).meta({ id: 'ApiKey' });

export const newApiKeySchema = z
  .object({ ...keyShape, key: z.string().meta({ description: 'The key itself. Shown now and never again.' }) })
  .meta({ id: 'NewApiKey' });

export const apiKeysSchema = z.object({ keys: z.array(apiKeySchema) });
