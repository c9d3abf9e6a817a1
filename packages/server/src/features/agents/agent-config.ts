import {
  AGENT_TYPES,
  PROVIDER_NAMES,
  WIDGET_DENSITIES,
  WIDGET_POSITIONS,
  WIDGET_PRELOADS,
  WIDGET_THEMES,
  type AgentType,
  type ProviderName,
  type WidgetConsent,
  type WidgetDensity,
  type WidgetPosition,
  type WidgetPreload,
  type WidgetTexts,
  type WidgetTheme,
} from '@salient/shared-types';
import { getDomain } from 'tldts';
import { z } from 'zod';

/** `private`: only people who are signed in, on the account's site or in the console. */
const AGENT_ACCESS = ['public', 'private'] as const;

const text = (maxLength: number) => z.string().trim().min(1).max(maxLength);
const hostPattern = z
  .string()
  .regex(/^(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/i, 'must be a host such as img.example.com or *.example.com')
  .transform((host) => host.toLowerCase());
/** As in app.yaml. */
const milliseconds = z.int().min(1).max(3_600_000);
const picture = z.url({ protocol: /^https$/, error: 'must be an https address' }).max(500);
const limitSize = z.int().min(1).max(1_000_000_000);
const usd = z.string().regex(/^\d{1,4}(\.\d{1,8})?$/, 'must be US dollars as a string, such as "50.00"');

const providerChoice = {
  inference_provider: z.enum(PROVIDER_NAMES),
  model: text(200),
};

const ORIGIN_RULE = 'must be an origin such as https://www.example.com or https://*.example.org, without a path';

/** `https://www.example.com`, with a port where it is not the usual one, or `https://*.example.org`. */
const originPattern = z
  .string()
  .regex(/^https?:\/\/(\*\.(?=[^.]+\.)|)([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?$/i, { error: ORIGIN_RULE, abort: true })
  .refine((pattern) => URL.canParse(pattern.replace('*.', '')), ORIGIN_RULE)
  // `*.co.uk` and `*.github.io` would let in whoever registers a name there.
  .refine(
    (pattern) => !pattern.includes('*') || getDomain(pattern.replace('*.', ''), { allowPrivateDomains: true }) !== null,
    'must name a domain of its own after *., not an ending that others register names under',
  )
  .transform((pattern) => {
    // As browsers write it, for the comparison is by text: lower case, without the usual port.
    const { origin } = new URL(pattern.replace('*.', ''));
    return pattern.includes('*') ? origin.replace('://', '://*.') : origin;
  });

/**
 * One layer of an agent's configuration: every key may be missing, none may be unknown. The template of the type, the
 * agent's file and the row's overrides are three of them.
 */
export const agentLayerSchema = z.strictObject({
  agent_type: z.enum(AGENT_TYPES).optional(),
  account: z.string().optional(),
  instance_name: z.string().optional(),
  display_name: text(120).optional(),
  /** What the model is told. In an agent's folder, `system_prompt.md` goes before it. */
  system_prompt: text(20_000).optional(),
  llm: z
    .strictObject({
      inference_provider: providerChoice.inference_provider.optional(),
      model: providerChoice.model.optional(),
      temperature: z.number().min(0).max(2).optional(),
      max_tokens: z.int().min(1).max(200_000).optional(),
      base_url: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
      api_key_env: z
        .string()
        .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable')
        .optional(),
      timeout_seconds: z.number().min(1).max(600).optional(),
      timeouts_ms: z
        .strictObject({
          connect: milliseconds.optional(),
          first_token: milliseconds.optional(),
          between_tokens: milliseconds.optional(),
          turn: milliseconds.optional(),
        })
        .optional(),
      /** Tokens of prompt and answer together. */
      context_window: z.int().min(256).max(100_000_000).optional(),
      fallbacks: z.array(z.strictObject(providerChoice)).max(5).optional(),
    })
    .optional(),
  tools: z
    .strictObject({
      vector_search: z
        .strictObject({ enabled: z.boolean().optional(), max_results: z.int().min(1).max(20).optional() })
        .optional(),
      email_summary: z.strictObject({ enabled: z.boolean().optional() }).optional(),
    })
    .optional(),
  knowledge: z
    .strictObject({
      /** More documents to answer from, relative to the project's root, and inside it. */
      include: z.array(text(300)).max(50).optional(),
    })
    .optional(),
  context_management: z.strictObject({ history_limit: z.int().min(0).max(500).optional() }).optional(),
  widget: z
    .strictObject({
      title: text(80).optional(),
      subtitle: text(120).optional(),
      greeting: text(1000).optional(),
      placeholder: text(80).optional(),
      starters: z.array(text(200)).max(8).optional(),
      accent: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as "#0b5fff"')
        .optional(),
      theme: z.enum(WIDGET_THEMES).optional(),
      position: z.enum(WIDGET_POSITIONS).optional(),
      radius: z.int().min(0).max(40).optional(),
      density: z.enum(WIDGET_DENSITIES).optional(),
      label: text(80).optional(),
      teaser: text(160).optional(),
      preload: z.enum(WIDGET_PRELOADS).optional(),
      logo: picture.optional(),
      avatar: picture.optional(),
      texts: z
        .strictObject({
          limit_message: text(300).optional(),
          budget_message: text(300).optional(),
          offline_message: text(300).optional(),
          unavailable_message: text(300).optional(),
          note: text(200).optional(),
        })
        .optional(),
      consent: z
        .strictObject({
          text: text(1000).optional(),
          link: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
        })
        .optional(),
      image_hosts: z.array(hostPattern).max(50).optional(),
    })
    .optional(),
  allowed_origins: z.array(originPattern).max(200).optional(),
  rate_limits: z
    .strictObject({
      /** Of one visitor. */
      max_requests_per_minute: limitSize.optional(),
      max_tokens_per_hour: limitSize.optional(),
      /** Of all visitors together. */
      max_agent_requests_per_minute: limitSize.optional(),
      max_agent_tokens_per_hour: limitSize.optional(),
    })
    .optional(),
  budget: z
    .strictObject({
      monthly_usd: usd.optional(),
      daily_usd: usd.optional(),
      visitor_daily_usd: usd.optional(),
      /** Asked instead of all others from four fifths of a budget on. */
      fallback_model: z.strictObject(providerChoice).optional(),
    })
    .optional(),
  /** Everybody may talk to it, or only people whom the account vouches for. */
  access: z.enum(AGENT_ACCESS).optional(),
  identity: z.strictObject({ required: z.boolean().optional() }).optional(),
  feature_flags: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be a name such as enable_feedback'), z.boolean())
    .optional(),
});

export type AgentLayer = z.output<typeof agentLayerSchema>;

/** What a template may say. Not whose it is: it was chosen by its type, and serves many agents. */
export const templateLayerSchema = agentLayerSchema.omit({ agent_type: true, account: true, instance_name: true });

/** Keys that stay with whoever runs the server: an account edits its rows itself, and must not reach into the server. */
export const OPERATOR_KEYS: readonly string[] = [
  'llm.base_url',
  'llm.api_key_env',
  'knowledge',
  'account',
  'instance_name',
];

/** @param key dotted, such as `knowledge.include` */
export function isOperatorKey(key: string): boolean {
  return OPERATOR_KEYS.some((own) => key === own || key.startsWith(`${own}.`));
}

/**
 * What a row may override: all but `OPERATOR_KEYS`. Not where requests and keys go, or an account could send the
 * operator's keys to an address of its own. Nor which files are read.
 */
export const rowLayerSchema = agentLayerSchema
  .omit({ knowledge: true, account: true, instance_name: true })
  .extend({ llm: agentLayerSchema.shape.llm.unwrap().omit({ base_url: true, api_key_env: true }).optional() });

/** Where a value came from, later ones over earlier ones. */
export const LAYER_NAMES = ['default', 'template', 'file', 'database'] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

export interface ModelChoice {
  inferenceProvider: ProviderName;
  model: string;
}

/** An agent's whole behaviour, merged and complete. */
export interface AgentConfig {
  agentType: AgentType;
  displayName: string;
  systemPrompt: string;
  llm: ModelChoice & {
    temperature: number;
    maxTokens: number;
    /** For `openai_compatible`. */
    baseUrl: string | null;
    apiKeyEnv: string | null;
    /** Over the limits of app.yaml. `total` is one call, `turn` all of them. */
    timeoutsMs: Record<'connect' | 'firstToken' | 'betweenTokens' | 'total' | 'turn', number | null>;
    /** Of its own model, in tokens, where the published one is wrong or missing. Fallbacks keep theirs. */
    contextWindow: number | null;
    fallbacks: ModelChoice[];
  };
  vectorSearch: { enabled: boolean; maxResults: number };
  knowledgeInclude: string[];
  historyLimit: number;
  widget: {
    title: string;
    subtitle: string | null;
    greeting: string;
    placeholder: string | null;
    starters: string[];
    accent: string;
    theme: WidgetTheme;
    position: WidgetPosition;
    /** Corners of the panel, in px. */
    radius: number;
    density: WidgetDensity;
    label: string | null;
    teaser: string | null;
    preload: WidgetPreload;
    logo: string | null;
    avatar: string | null;
    texts: WidgetTexts;
    consent: WidgetConsent | null;
    imageHosts: string[];
  };
  /** As browsers write origins. Empty: any. */
  allowedOrigins: string[];
  /** Null: what app.yaml says. */
  rateLimits: Record<
    'maxRequestsPerMinute' | 'maxTokensPerHour' | 'maxAgentRequestsPerMinute' | 'maxAgentTokensPerHour',
    number | null
  >;
  /** US dollars as decimal strings. Null: no limit of the agent's own. */
  budget: {
    monthlyUsd: string | null;
    dailyUsd: string | null;
    visitorDailyUsd: string | null;
    /** Cheaper, for when a budget runs low. */
    fallbackModel: ModelChoice | null;
  };
  featureFlags: Record<string, boolean>;
  access: (typeof AGENT_ACCESS)[number];
  /** Whether visitors need a proof of identity. */
  identityRequired: boolean;
  /** For `GET /api/session`: which layer gave each model setting. */
  sources: Record<'inference_provider' | 'model' | 'temperature' | 'max_tokens' | 'history_limit', LayerName>;
}
