import { AGENT_TYPES, WIDGET_DENSITIES, WIDGET_POSITIONS, WIDGET_PRELOADS, WIDGET_THEMES } from '@salient/shared-types';
import type { AgentSummary, WidgetConfig } from '@salient/shared-types';
import { z } from 'zod';

export const agentSummarySchema = z
  .object({
    instance_slug: z.string(),
    agent_type: z.enum(AGENT_TYPES),
    display_name: z.string(),
    status: z.literal('active'),
    last_used_at: z.iso.datetime().nullable().meta({ description: 'Up to a few seconds behind.' }),
  })
  .meta({ id: 'AgentSummary' }) satisfies z.ZodType<AgentSummary>;

export const widgetConfigSchema = z
  .object({
    account: z.string(),
    agent: z.string(),
    agent_type: z.enum(AGENT_TYPES),
    display_name: z.string(),
    title: z.string(),
    subtitle: z.string().nullable(),
    greeting: z.string().meta({ description: 'Markdown.' }),
    placeholder: z.string().nullable(),
    starters: z.array(z.string()),
    theme: z.enum(WIDGET_THEMES),
    accent: z.string(),
    position: z.enum(WIDGET_POSITIONS),
    radius: z.int(),
    density: z.enum(WIDGET_DENSITIES),
    label: z.string().nullable(),
    teaser: z.string().nullable(),
    preload: z.enum(WIDGET_PRELOADS),
    logo: z.string().nullable(),
    avatar: z.string().nullable(),
    texts: z
      .object({
        limit_message: z.string(),
        budget_message: z.string(),
        offline_message: z.string(),
        unavailable_message: z.string(),
        note: z.string(),
      })
      .partial()
      .meta({ description: "What the owner says instead of the widget's own words." }),
    consent: z
      .object({ text: z.string(), link: z.string().nullable() })
      .nullable()
      .meta({ description: 'What a visitor agrees to before the first message.' }),
    limits: z.object({ max_message_chars: z.int(), history_limit: z.int() }),
    sse_enabled: z.boolean(),
    answers_locally: z.boolean(),
    image_hosts: z.array(z.string()),
    feature_flags: z.record(z.string(), z.boolean()),
  })
  .meta({ id: 'WidgetConfig' }) satisfies z.ZodType<WidgetConfig>;

export const agentHealthSchema = z.object({ status: z.literal('ok'), account: z.string(), agent: z.string() });
