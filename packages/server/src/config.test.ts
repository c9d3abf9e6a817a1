import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

const SECRET = 'a secret of the test, long enough';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'salient-config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function appFile(yaml: string): string {
  const file = path.join(folder, 'app.yaml');
  writeFileSync(file, yaml);
  return file;
}

/** The line that the operator reads. */
function refusalOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(folder, '');
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('a setting that cannot be right stops the start with one line that names it', () => {
  it.each([
    [{ PORT: 'abc' }, 'PORT must be a port number, 0 to 65535'],
    [{ PORT: '65536' }, 'PORT must be a port number, 0 to 65535'],
    [{ PORT: '-1' }, 'PORT must be a port number, 0 to 65535'],
    [{ PORT: ' ' }, 'PORT must be a port number, 0 to 65535'],
    [{ PORT: '3000.5' }, 'PORT must be a port number, 0 to 65535'],
    [{ PORT: '1e3' }, 'PORT must be a port number, 0 to 65535'],
    [
      { DATABASE_URL: 'mysql://localhost/canary' },
      'DATABASE_URL must be an address such as postgresql://user@host/name',
    ],
    [{ DATABASE_URL: 'canary' }, 'DATABASE_URL must be an address such as postgresql://user@host/name'],
    [
      { DATABASE_URL: 'postgresql://host:canary/db' },
      'DATABASE_URL must be an address such as postgresql://user@host/name',
    ],
    [{ DATABASE_URL: 'postgresql://' }, 'DATABASE_URL must be an address such as postgresql://user@host/name'],
    [{ REDIS_URL: 'canary' }, 'REDIS_URL must be an address such as redis://host:6379'],
    [{ REDIS_URL: 'http://canary:6379' }, 'REDIS_URL must be an address such as redis://host:6379'],
    [{ REDIS_URL: 'redis://' }, 'REDIS_URL must be an address such as redis://host:6379'],
    [{ REDIS_URL: 'redis://host:canary' }, 'REDIS_URL must be an address such as redis://host:6379'],
    [{ SALIENT_SECRET: 'canary' }, 'SALIENT_SECRET must be at least 32 characters'],
    [{ OPENAI_BASE_URL: 'canary' }, 'OPENAI_BASE_URL must be an http(s) address'],
    [{ OPENROUTER_BASE_URL: 'ftp://canary' }, 'OPENROUTER_BASE_URL must be an http(s) address'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'canary' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) address'],
    [{ NODE_ENV: 'production' }, 'SALIENT_SECRET is required in production (at least 32 random characters)'],
    [
      { PORT: 'x', SALIENT_SECRET: 'canary' },
      'PORT must be a port number, 0 to 65535; SALIENT_SECRET must be at least 32 characters',
    ],
  ])('%j', (environment, problem) => {
    expect(refusalOf(environment)).toBe(`Cannot start: ${problem}`);
  });

  it.each<[yaml: string, environment: Record<string, string>, problem: string]>([
    ['ui:\n  sse: true\n', {}, '/app.yaml:2: ui.sse: unknown key'],
    ['chat: {}\nsesion:\n  secure: true\n', {}, '/app.yaml:2: sesion: unknown key'],
    [
      'chat:\n  max_message_chars: many\n',
      {},
      '/app.yaml:2: chat.max_message_chars: Invalid input: expected number, received string',
    ],
    [
      'chat:\n  on_disconnect: explode\n',
      {},
      '/app.yaml:2: chat.on_disconnect: Invalid option: expected one of "continue"|"abort"',
    ],
    [
      'limits:\n  store: redis\n',
      { DATABASE_URL: 'postgresql://host/db' },
      'limits.store in /app.yaml is redis, but REDIS_URL is not set',
    ],
    ['limits: { store: postgres }\n', {}, 'limits.store in /app.yaml is postgres, but DATABASE_URL is not set'],
    [
      'http:\n  trusted_proxies: [10.0.0.0/33]\n',
      {},
      '/app.yaml:2: http.trusted_proxies.0: must be an address or a network such as 10.0.0.0/8',
    ],
    ['ui: {}\nui: {}\n', {}, '/app.yaml:2: ui: the key is here a second time'],
    ['- a\n', {}, '/app.yaml:1: (file): Invalid input: expected object, received array'],
    [
      'session:\n  secure: false\n',
      { NODE_ENV: 'production', SALIENT_SECRET: SECRET },
      'session.secure in /app.yaml must not be false in production',
    ],
    [
      'session:\n  same_site: none\n',
      {},
      'session.same_site in /app.yaml must not be none where cookies are not Secure: browsers refuse them',
    ],
    [
      'session:\n  same_site: none\n  secure: false\n',
      {},
      'session.same_site in /app.yaml must not be none where cookies are not Secure: browsers refuse them',
    ],
  ])('app.yaml %j', (yaml, environment, problem) => {
    expect(refusalOf({ ...environment, SALIENT_CONFIG: appFile(yaml) })).toBe(`Cannot start: ${problem}`);
  });

  it('a file named and not there', () => {
    expect(refusalOf({ SALIENT_CONFIG: path.join(folder, 'nowhere.yaml') })).toBe(
      'Cannot start: SALIENT_CONFIG: /nowhere.yaml cannot be read',
    );
  });

  it('a folder of agents that is not there, or is a file', () => {
    for (const absent of ['nowhere', 'app.yaml']) {
      const file = appFile(`agents: { configs_directory: ${path.join(folder, absent)} }`);
      expect(refusalOf({ SALIENT_CONFIG: file })).toBe(
        `Cannot start: agents.configs_directory in /app.yaml is /${absent}, and there is no such folder`,
      );
    }
  });
});

describe('what is not set', () => {
  it('has defaults for a first look', () => {
    const config = loadConfig({ SALIENT_CONFIG: appFile('') });
    expect(config).toMatchObject({
      port: 3000,
      host: 'localhost',
      production: false,
      databaseUrl: null,
      whenKeyMissing: 'local',
    });
    expect(config.app.session).toMatchObject({ secure: 'auto', same_site: 'auto', max_age_days: 30 });
  });

  it('has stricter ones in production', () => {
    const environment = { NODE_ENV: 'production', SALIENT_SECRET: SECRET, SALIENT_CONFIG: appFile('') };
    expect(loadConfig(environment)).toMatchObject({ host: '0.0.0.0', production: true, whenKeyMissing: 'error' });
  });

  it('may also be an empty variable', () => {
    const environment = { PORT: '', DATABASE_URL: '', OPENAI_API_KEY: '', SALIENT_CONFIG: appFile('') };
    expect(loadConfig(environment)).toMatchObject({
      port: 3000,
      databaseUrl: null,
      providerKeys: { openai: { apiKey: null } },
    });
  });

  it('cross-site cookies may be asked for wherever they are Secure', () => {
    for (const [yaml, environment] of [
      ['session: { same_site: none, secure: true }', {}],
      ['session: { same_site: none }', { NODE_ENV: 'production', SALIENT_SECRET: SECRET }],
    ] as const) {
      expect(loadConfig({ ...environment, SALIENT_CONFIG: appFile(yaml) }).app.session.same_site).toBe('none');
    }
  });
});
