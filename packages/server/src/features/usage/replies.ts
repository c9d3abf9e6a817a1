import type { SessionUsage, Usage } from '@salient/shared-types';
import { z } from 'zod';
import { USAGE_GROUPS, type UsageSummary } from './summarize-usage.ts';

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

/** A correction can be of a row of another day, so a day's sum can be below nothing. */
const sums = {
  requests: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  total_cost: z.string().regex(/^-?\d+\.\d{8}$/),
  unpriced_requests: z.int().meta({ description: 'Requests without a known price, which total_cost leaves out.' }),
  estimated_requests: z.int().meta({ description: 'Requests whose tokens the provider did not report.' }),
};

export const usageSummarySchema = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    group_by: z.enum(USAGE_GROUPS),
    total: z.object(sums),
    groups: z.array(
      z.object({ name: z.string().meta({ description: "An agent's slug, a day, or provider and model." }), ...sums }),
    ),
  })
  .meta({ id: 'UsageSummary' }) satisfies z.ZodType<UsageSummary>;
