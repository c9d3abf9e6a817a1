import type { SessionUsage, Usage } from '@salient/shared-types';
import { z } from 'zod';

const count = z.int().min(0);
/** US dollars. Text, because JSON numbers are read as binary fractions. */
const usd = z.string().regex(/^\d+\.\d{8}$/);

export const usageSchema = z
  .object({
    provider: z.string(),
    model: z.string().meta({ description: 'The model that answered, as the provider names it.' }),
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_cost: usd.nullable(),
    completion_cost: usd.nullable(),
    total_cost: usd.nullable().meta({ description: 'US dollars; null when no price is known, never "0" for unknown.' }),
    cost_source: z.enum(['provider', 'price_table', 'unknown']),
    usage_source: z.enum(['provider', 'estimated']),
    latency_ms: count,
    time_to_first_token_ms: count.nullable(),
  })
  .meta({ id: 'Usage' }) satisfies z.ZodType<Usage>;

export const sessionUsageSchema = z
  .object({
    session_id: z.uuid(),
    requests: count,
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    total_cost: usd,
    unpriced_requests: count.meta({ description: 'Requests without a known price, which total_cost leaves out.' }),
  })
  .meta({ id: 'SessionUsage' }) satisfies z.ZodType<SessionUsage>;
