import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { LIMIT_STORES } from './limits/index.ts';
import { ACCOUNT_TIERS, type AccountTier } from './account-tiers.ts';
import { parseYamlFile, YamlFileError } from './yaml-file.ts';

/** A setting that is missing or malformed. The message is one line that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Known to everyone, so production refuses to start without its own. */
const DEVELOPMENT_SECRET = 'salient-development-secret-not-for-production';

const PORT_PROBLEM = 'must be a port number, 0 to 65535';
const port = z
  .string()
  .regex(/^\d{1,5}$/, PORT_PROBLEM)
  .transform(Number)
  .pipe(z.int().max(65_535, PORT_PROBLEM));
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });
const redisUrl = z.url({ protocol: /^rediss?$/, hostname: /./, error: 'must be an address such as redis://host:6379' });
const smtpUrl = z.url({ protocol: /^smtps?$/, hostname: /./, error: 'must be an address such as smtp://host:587' });
const tier = z.enum(ACCOUNT_TIERS);
const milliseconds = z.int().min(1).max(3_600_000);
const usd = z
  .string('must be a quoted decimal, such as "50.00"')
  .regex(/^\d{1,7}(\.\d{1,8})?$/, 'must be US dollars as a string, such as "50.00"');
/** Null: no limit. */
const tierBudgets = (daily: string, monthly: string, visitorDaily: string) =>
  z
    .strictObject({
      daily_usd: usd.nullable().default(daily),
      monthly_usd: usd.nullable().default(monthly),
      visitor_daily_usd: usd.nullable().default(visitorDaily),
    })
    .prefault({});
/** How many of something a limit lets through. Null: any number. */
const many = z.int().min(1).max(1_000_000_000).nullable();
const network = z.string().refine(isNetwork, 'must be an address or a network such as 10.0.0.0/8');

/** Every environment variable the product reads, with its reason. */
const environmentSchema = z.object({
  /** Port to listen on; 0 takes a free one. */
  PORT: port.prefault('3000'),
  /** Address to listen on. Unset: `localhost` outside production, every interface in it. */
  HOST: z.string().min(1).optional(),
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /** `postgresql://...`; unset: the embedded database. */
  DATABASE_URL: z.string().refine(isPostgresUrl, 'must be an address such as postgresql://user@host/name').optional(),
  /** `redis://...`: what several processes share beside the database. Unset: the database alone. */
  REDIS_URL: redisUrl.optional(),
  /** Where the embedded database lives. */
  SALIENT_DATA_DIR: z.string().min(1).default('.data'),
  /** Path of app.yaml. */
  SALIENT_CONFIG: z.string().min(1).default('config/app.yaml'),
  /** Signing key. Required in production. */
  SALIENT_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
  OPENROUTER_API_KEY: z.string().min(1).optional(),
  OPENROUTER_BASE_URL: httpUrl.optional(),
  TOGETHER_API_KEY: z.string().min(1).optional(),
  TOGETHER_BASE_URL: httpUrl.optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  /** Reserved: nothing is sent there yet. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  /** `smtp://user:password@host:587`, or `smtps://`: sends mail to people who sign in. Unset: no mail. */
  SMTP_URL: smtpUrl.optional(),
  /** Where people reach this server, for the links in mails. Required in production with SMTP_URL. */
  SALIENT_PUBLIC_URL: httpUrl.optional(),
  /** Lets whoever has it read /metrics from anywhere. */
  SALIENT_METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** `config/app.yaml`: how the product behaves. */
const appSchema = z.strictObject({
  agents: z
    .strictObject({
      /** Folders `{account}/{agent}/`, relative to the working directory. */
      configs_directory: z.string().min(1).default('./config/agent_configs'),
      templates_directory: z.string().min(1).default('./config/agent_templates'),
      /** Of each agent's configuration, the newest. */
      keep_config_versions: z.int().min(1).max(100_000).default(100),
    })
    .prefault({}),
  http: z
    .strictObject({
      /** How many proxies a request passes, or their addresses. What others say about where it comes from is not heard. */
      trusted_proxies: z.union([z.int().min(0).max(20), z.array(network).max(500)]).default(0),
      /** Where those proxies write whom they serve. */
      forwarded_header: z.enum(['x-forwarded-for', 'forwarded']).default('x-forwarded-for'),
    })
    .prefault({}),
  ui: z
    .strictObject({
      /** Whether widgets stream. Off: they ask `chat` and wait for the whole answer. */
      sse_enabled: z.boolean().default(true),
    })
    .prefault({}),
  session: z
    .strictObject({
      cookie_name: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, _ or -')
        .default('salient_session'),
      max_age_days: z.int().min(1).max(400).default(30),
      /** `auto`: on in production, off elsewhere (browsers refuse Secure cookies on plain http). */
      secure: z.union([z.boolean(), z.literal('auto')]).default('auto'),
      /** `auto`: `none` where cookies are Secure, so that other sites can embed; else `lax`. */
      same_site: z.enum(['auto', 'none', 'lax', 'strict']).default('auto'),
      rotate_hours: z.int().min(1).max(8760).default(24),
      /** How long a replaced key still works, for other tabs and lost answers. */
      overlap_seconds: z.int().min(10).max(3600).default(60),
      /** After so long a browser is a new visitor, however often it came. */
      absolute_days: z.int().min(1).max(3650).default(365),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Conversations that nobody has used for so long are deleted, except those on hold. 0: never. */
      conversations_days: z.int().min(0).max(36_500).default(0),
      /** Where it is noted who was erased. Null: beside SALIENT_DATA_DIR. */
      erasures_file: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  llm: z
    .strictObject({
      /** Default: `local` outside production, `error` in it. */
      when_key_missing: z.enum(['local', 'error']).optional(),
      timeouts_ms: z
        .strictObject({
          connect: milliseconds.default(10_000),
          first_token: milliseconds.default(30_000),
          between_tokens: milliseconds.default(20_000),
          total: milliseconds.default(120_000),
          /** All calls of a turn together, with their retries and fallbacks. */
          turn: milliseconds.default(180_000),
        })
        .prefault({}),
      /** Pace of the `local` provider; 0 sends the whole answer at once. */
      local_words_per_second: z.number().min(0).max(10_000).default(60),
    })
    .prefault({}),
  chat: z
    .strictObject({
      max_message_chars: z.int().min(1).max(20_000).default(2000),
      history_limit: z.int().min(0).max(500).default(50),
      /** Answers this process has under way at once; one more is refused with 503 and Retry-After. See docs/performance.md. */
      max_live_turns: z.int().min(1).max(100_000).default(1200),
      /** How long answers under way may take to end once the process has been asked to stop. */
      drain_seconds: z.int().min(0).max(3600).default(30),
      /** What happens to an answer whose last reader has left. */
      on_disconnect: z.enum(['continue', 'abort']).default('continue'),
    })
    .prefault({}),
  budgets: z
    .strictObject({
      /** US dollars per million tokens that a model counts as whose price nobody knows. */
      unknown_price: z
        .strictObject({ prompt_usd: usd.default('5.00'), completion_usd: usd.default('25.00') })
        .prefault({}),
      /** What an account of a tier may spend, and one visitor of it, unless it has chosen less. */
      tiers: z
        .strictObject({
          free: tierBudgets('2.00', '20.00', '0.50'),
          standard: tierBudgets('20.00', '200.00', '1.00'),
          premium: tierBudgets('200.00', '2000.00', '2.00'),
          enterprise: tierBudgets('2000.00', '20000.00', '10.00'),
        } satisfies Record<AccountTier, z.ZodType>)
        .prefault({}),
    })
    .prefault({}),
  people: z
    .strictObject({
      /** Who may register: anybody, or only who was invited into an account. */
      registration: z.enum(['open', 'invited']).default('open'),
      /** Whether an address must be confirmed by mail. `auto`: in production, and wherever SMTP_URL is set. */
      confirm_email: z.enum(['auto', 'always']).default('auto'),
      /** Unused for so long, a sign-in ends. */
      session_idle_days: z.int().min(1).max(365).default(7),
      /** And after so long in any case. */
      session_max_days: z.int().min(1).max(365).default(30),
      invite_days: z.int().min(1).max(90).default(7),
      /** How long the link that confirms an e-mail address is good. */
      verify_hours: z.int().min(1).max(720).default(48),
      reset_minutes: z.int().min(5).max(1440).default(60),
      /** Passwords and links that may be tried wrongly from one network in 15 minutes. */
      tries_per_network: z.int().min(1).max(100_000).default(50),
      /** Mails that one network may cause in an hour. */
      mails_per_network: z.int().min(1).max(100_000).default(20),
      mail_from: z.string().min(3).default('Salient <no-reply@localhost>'),
    })
    .prefault({}),
  /** What an account may do, by its `subscription_tier`. */
  tiers: z
    .strictObject({
      /** Of accounts that are found in the configuration directory: the operator's own. */
      configured_accounts: tier.default('enterprise'),
      free: tierSchema(2, 100),
      standard: tierSchema(10, 1000),
      premium: tierSchema(50, 10_000),
      enterprise: tierSchema(200, 100_000),
    })
    .prefault({}),
  /** See docs/limits.md. */
  limits: z
    .strictObject({
      /** Where they are counted. `auto`: Redis where there is one, else the database server, else this process. */
      store: z.enum(LIMIT_STORES).default('auto'),
      /** Of one network address, in one account; an IPv6 address counts as its /64. */
      address: z
        .strictObject({
          turns_per_minute: many.default(300),
          turns_per_hour: many.default(6_000),
          /** Session tokens, resets, feedback. */
          changes_per_minute: many.default(300),
          /** Of every kind, in all accounts together; counted by each process for itself. */
          requests_per_minute: many.default(3_000),
        })
        .prefault({}),
      /** Of one visitor of one agent, where the agent does not say. */
      visitor: z
        .strictObject({ turns_per_minute: many.default(20), tokens_per_hour: many.default(100_000) })
        .prefault({}),
      /** Of all visitors of one agent together, where the agent does not say. */
      agent: z
        .strictObject({ turns_per_minute: many.default(1_200), tokens_per_hour: many.default(5_000_000) })
        .prefault({}),
      /** Of one key of a machine. */
      key: z.strictObject({ turns_per_minute: many.default(600) }).prefault({}),
    })
    .prefault({}),
});

function tierSchema(maxAgents: number, requestsPerHour: number) {
  return z
    .strictObject({
      max_agents: z.int().min(0).default(maxAgents),
      requests_per_hour: z.int().min(1).default(requestsPerHour),
    })
    .prefault({});
}

export type AppSettings = z.output<typeof appSchema>;

export interface Config {
  port: number;
  host: string;
  production: boolean;
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDirectory: string;
  /** The list of erasures; null: the database is in memory, and nothing of it can come back. */
  erasuresFile: string | null;
  logLevel: string;
  /** Keys the hashes of visitor credentials. Losing it signs every visitor out. */
  secret: string;
  /** Bearer token for /metrics. */
  metricsToken: string | null;
  /** Null: no mail; outside production it is written to the log instead. */
  smtpUrl: string | null;
  /** Without a slash at the end. */
  publicUrl: string;
  /** Whether cookies are for HTTPS only. */
  secureCookies: boolean;
  app: AppSettings;
  whenKeyMissing: 'local' | 'error';
  providerKeys: Record<'openrouter' | 'together' | 'openai', { apiKey: string | null; baseUrl: string | null }>;
  /** A variable that an `openai_compatible` agent names in `api_key_env`. */
  readEnvironment: (name: string) => string | undefined;
}

/**
 * Reads the environment and app.yaml. The only reader of `process.env`.
 *
 * @throws {ConfigError} naming every setting that is wrong, never its value
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // An empty variable is how shells and compose files say "unset".
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError(`Cannot start: ${problems.join('; ')}`);
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  if (production && !env.SALIENT_SECRET) {
    throw new ConfigError('Cannot start: SALIENT_SECRET is required in production (at least 32 random characters)');
  }
  const app = readAppSettings(env.SALIENT_CONFIG, environment['SALIENT_CONFIG'] !== undefined);
  if (production && app.session.secure === false) {
    throw new ConfigError(`Cannot start: session.secure in ${env.SALIENT_CONFIG} must not be false in production`);
  }

  refuseAbsentFolder(app.agents.configs_directory, env.SALIENT_CONFIG);
  refuseAbsentStore(app.limits.store, env.SALIENT_CONFIG, env);

  const secure = app.session.secure === 'auto' ? production : app.session.secure;
  if (app.session.same_site === 'none' && !secure) {
    const problem = 'must not be none where cookies are not Secure: browsers refuse them';
    throw new ConfigError(`Cannot start: session.same_site in ${env.SALIENT_CONFIG} ${problem}`);
  }

  if (production && env.SMTP_URL && !env.SALIENT_PUBLIC_URL) {
    throw new ConfigError(
      'Cannot start: SALIENT_PUBLIC_URL is required in production with SMTP_URL, for links in mails',
    );
  }

  return {
    port: env.PORT,
    host: env.HOST ?? (production ? '0.0.0.0' : 'localhost'),
    production,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    dataDirectory: env.SALIENT_DATA_DIR,
    erasuresFile: app.retention.erasures_file ?? besideData(env.SALIENT_DATA_DIR),
    logLevel: env.LOG_LEVEL,
    secret: env.SALIENT_SECRET ?? DEVELOPMENT_SECRET,
    metricsToken: env.SALIENT_METRICS_TOKEN ?? null,
    smtpUrl: env.SMTP_URL ?? null,
    publicUrl: (env.SALIENT_PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    secureCookies: secure,
    app,
    whenKeyMissing: app.llm.when_key_missing ?? (production ? 'error' : 'local'),
    providerKeys: {
      openrouter: { apiKey: env.OPENROUTER_API_KEY ?? null, baseUrl: env.OPENROUTER_BASE_URL ?? null },
      together: { apiKey: env.TOGETHER_API_KEY ?? null, baseUrl: env.TOGETHER_BASE_URL ?? null },
      openai: { apiKey: env.OPENAI_API_KEY ?? null, baseUrl: env.OPENAI_BASE_URL ?? null },
    },
    readEnvironment: (name) => environment[name] || undefined,
  };
}

/** A socket's folder may stand in the query (`?host=/run/postgresql`); then the address itself names no host. */
function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, searchParams } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && (hostname !== '' || searchParams.has('host'));
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}

/** Without it there would be a server with no agents, and nothing that says why. An empty folder is none too, on purpose. */
function refuseAbsentFolder(folder: string, file: string): void {
  if (statSync(path.resolve(folder), { throwIfNoEntry: false })?.isDirectory()) return;
  throw new ConfigError(`Cannot start: agents.configs_directory in ${file} is ${folder}, and there is no such folder`);
}

function refuseAbsentStore(
  store: AppSettings['limits']['store'],
  file: string,
  { REDIS_URL, DATABASE_URL }: { REDIS_URL?: string | undefined; DATABASE_URL?: string | undefined },
): void {
  const wanted = { auto: null, memory: null, redis: 'REDIS_URL', postgres: 'DATABASE_URL' }[store];
  const isAbsent = (wanted === 'REDIS_URL' && !REDIS_URL) || (wanted === 'DATABASE_URL' && !DATABASE_URL);
  if (isAbsent) throw new ConfigError(`Cannot start: limits.store in ${file} is ${store}, but ${wanted} is not set`);
}

function readAppSettings(file: string, required: boolean): AppSettings {
  let text: string;
  try {
    text = readFileSync(path.resolve(file), 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return appSchema.parse({});
    throw new ConfigError(`Cannot start: SALIENT_CONFIG: ${file} cannot be read`, { cause: error });
  }
  try {
    return parseYamlFile(file, text, appSchema);
  } catch (error) {
    if (error instanceof YamlFileError) throw new ConfigError(`Cannot start: ${error.message.replaceAll('\n', '; ')}`);
    throw error;
  }
}

/** Not in it: whoever restores the folder must not restore this file as well. */
function besideData(dataDirectory: string): string | null {
  return dataDirectory.includes('://') ? null : `${dataDirectory.replace(/[\\/]+$/, '')}.erasures.jsonl`;
}
