import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
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
const milliseconds = z.int().min(1).max(3_600_000);

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
});

export type AppSettings = z.output<typeof appSchema>;

export interface Config {
  port: number;
  host: string;
  production: boolean;
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDirectory: string;
  logLevel: string;
  /** Keys the hashes of visitor credentials. Losing it signs every visitor out. */
  secret: string;
  /** Bearer token for /metrics. */
  metricsToken: string | null;
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

  const secure = app.session.secure === 'auto' ? production : app.session.secure;
  if (app.session.same_site === 'none' && !secure) {
    const problem = 'must not be none where cookies are not Secure: browsers refuse them';
    throw new ConfigError(`Cannot start: session.same_site in ${env.SALIENT_CONFIG} ${problem}`);
  }

  return {
    port: env.PORT,
    host: env.HOST ?? (production ? '0.0.0.0' : 'localhost'),
    production,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    dataDirectory: env.SALIENT_DATA_DIR,
    logLevel: env.LOG_LEVEL,
    secret: env.SALIENT_SECRET ?? DEVELOPMENT_SECRET,
    metricsToken: env.SALIENT_METRICS_TOKEN ?? null,
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
