import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeProvider, type FakeProvider } from '../../../test/fake-provider.ts';
import { answer, httpError } from '../../../test/fake-provider-replies.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import type { TestDatabase } from '../../../test/test-database.ts';
import { createVisitor } from '../../../test/visitor.ts';
import { loadConfig } from '../../config.ts';

/** A request as its visitor was told about it, or as the provider answered it. */
interface Spent {
  account: string;
  agent: string;
  session: string;
  model: string;
  promptTokens: number;
  completionTokens: number;
  /** Null: no price is known. */
  cost: string | null;
  estimated: boolean;
}

type Row = Record<string, string | null>;

const page = readPage('docs/billing.md');
const month = /billing\.month = '([\d-]+)'/.exec(page.begin)?.[1] ?? '';
const NO_SESSION = '00000000-0000-0000-0000-000000000000';

const spent: Spent[] = [];
let server: TestServer;
let openai: FakeProvider;
let database: Connection;

beforeAll(async () => {
  openai = await startFakeProvider();
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'reported' },
      { account: 'acme', agent: 'listed', config: { llm: { inference_provider: 'openai', model: 'gpt-4o-mini' } } },
      { account: 'acme', agent: 'quoting', config: { llm: { inference_provider: 'local' } } },
      { account: 'globex', agent: 'reported' },
    ],
    environment: { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: openai.baseUrl },
  });
  await spendEverywhere();
  await server.running.stop();
  database = await connect(server.database);
  // All on one day inside the month that the page bills; the tests move what they need elsewhere.
  await database.run(`UPDATE llm_requests SET created_at = '${month}'::timestamptz + interval '14 days'`);
});

afterAll(async () => {
  await database.close();
  await server.remove();
  await openai.close();
});

describe('the views of the ledger', () => {
  it('agent_usage_log has a row for each call, with what it cost', async () => {
    const rows = await database.run(
      "SELECT agent_instance_slug AS agent, model, total_cost::text AS cost FROM agent_usage_log WHERE account_slug = 'acme'",
    );
    const expected = spent.filter(({ account }) => account === 'acme');
    expect(rows).toHaveLength(expected.length);
    expect(sumCosts(rows.map(({ cost }) => ({ cost: cost ?? null })))).toBe(sumCosts(expected));
  });

  it('agent_performance_metrics has a row for each agent and day', async () => {
    const [row, ...others] = await database.run(
      `SELECT day::text, requests::text, (complete_requests + coalesce(failed_requests, 0))::text AS ended,
         (p95_latency_ms >= average_latency_ms * 0)::text AS has_latency, total_cost::text AS cost
       FROM agent_performance_metrics WHERE account_slug = 'acme' AND agent_instance_slug = 'listed'`,
    );
    const expected = spent.filter(({ account, agent }) => account === 'acme' && agent === 'listed');
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      day: `${month.slice(0, 8)}15`,
      requests: String(expected.length),
      ended: String(expected.length),
      has_latency: 'true',
      cost: sumCosts(expected),
    });
  });
});

describe('the queries of docs/billing.md', () => {
  it('are these', () => {
    expect([...page.queries.keys()]).toEqual([
      'account',
      'accounts',
      'agents',
      'models',
      'months',
      'session',
      'sums',
      'reconcile',
    ]);
  });

  it('bill an account', async () => {
    const mine = spent.filter(({ account }) => account === 'acme');
    const estimatedCost = sumCosts(mine.filter(({ estimated }) => estimated));
    expect(mine.length).toBeGreaterThan(10);
    expect(estimatedCost).not.toBe('0.00000000');
    expect(await ask('account')).toEqual([
      {
        account: 'acme',
        ...tokensOf(mine),
        ...billOf(mine),
        estimated_cost: estimatedCost,
        estimated_percent: ((100 * Number(estimatedCost)) / Number(sumCosts(mine))).toFixed(2),
      },
    ]);
  });

  it('bill every account', async () => {
    expect(await ask('accounts')).toEqual(
      groupBy(spent, ({ account }) => account).map(([account, group]) => Object.assign({ account }, billOf(group))),
    );
  });

  it('bill by agent', async () => {
    const mine = spent.filter(({ account }) => account === 'acme');
    expect(await ask('agents')).toEqual(
      groupBy(mine, ({ agent }) => agent).map(([agent, group]) =>
        Object.assign({ agent, agent_type: 'simple_chat' }, tokensOf(group), billOf(group)),
      ),
    );
  });

  it('bill by model, with the unpriced ones on lines of their own', async () => {
    const rows = await ask('models');
    expect(rows.map(({ provider, model, cost_source }) => [provider, model, cost_source])).toEqual([
      ['local', 'local', 'price_table'],
      ['openai', 'gpt-4o-mini', 'price_table'],
      ['openai_compatible', 'echo', 'provider'],
      ['openai_compatible', 'echo', 'unknown'],
    ]);
    const mine = spent.filter(({ account }) => account === 'acme');
    for (const { model, cost_source, requests, total_cost } of rows) {
      const group = mine.filter((each) => each.model === model && (each.cost === null) === (cost_source === 'unknown'));
      expect(requests).toBe(String(group.length));
      expect(total_cost).toBe(cost_source === 'unknown' ? null : sumCosts(group));
    }
  });

  it('bill one session', async () => {
    const session = spent[0]?.session ?? '';
    const group = spent.filter((each) => each.session === session);
    const [row, ...others] = await ask('session', session);
    expect(others).toEqual([]);
    const { requests, total_cost, unpriced_requests } = billOf(group);
    expect(row).toMatchObject({ account: 'acme', agent: 'reported', requests, total_cost, unpriced_requests });
    expect(await ask('session', spent.find(({ account }) => account === 'globex')?.session)).toEqual([]);
  });

  it('show that the bills by agent add up to the bill of the account', async () => {
    const cost = sumCosts(spent.filter(({ account }) => account === 'acme'));
    expect(await ask('sums')).toEqual([
      { account_cost: cost, agents_cost: cost, difference: '0.00000000', does_not_add_up: '0' },
    ]);
  });

  it('reconcile messages and ledger', async () => {
    const mine = spent.filter(({ account }) => account === 'acme');
    expect(await ask('reconcile')).toEqual([
      {
        answers: String(mine.length - 1),
        answers_without_request: '0',
        answers_with_wrong_request: '0',
        questions_apart: '0',
        requests_paid: String(mine.length - 1),
        requests_retried: '1',
        requests_without_turn: '0',
      },
    ]);
  });

  it('show by the reconciliation what was tampered with', async () => {
    const [row] = await askAfter(
      `UPDATE messages SET llm_request_id = NULL WHERE id = (SELECT id FROM messages WHERE role = 'assistant' AND account_id = ${ACME} LIMIT 1)`,
      'reconcile',
    );
    expect(row).toMatchObject({ answers_without_request: '1', questions_apart: '1', requests_retried: '2' });
    const [moved] = await askAfter(
      `UPDATE llm_requests SET turn_id = gen_random_uuid() WHERE id = (SELECT llm_request_id FROM messages WHERE role = 'assistant' AND account_id = ${ACME} LIMIT 1)`,
      'reconcile',
    );
    expect(moved).toMatchObject({ answers_with_wrong_request: '1', requests_without_turn: '1' });
  });

  it('still bill what a deleted agent has spent', async () => {
    const before = await ask('agents');
    const remove = `DELETE FROM agent_instances WHERE account_id = ${ACME} AND instance_slug = 'listed'`;
    expect(await askAfter(remove, 'agents')).toEqual(before);
    const [row] = await askAfter(remove, 'reconcile');
    const listed = spent.filter(({ agent }) => agent === 'listed');
    expect(row).toMatchObject({ requests_without_turn: String(listed.length), answers_with_wrong_request: '0' });
  });

  it('count the first moment of a month, and not the first of the next', async () => {
    const [first, second, third] = [...new Set(spent.filter(({ cost }) => cost).map(({ session }) => session))];
    const move = (session: string | undefined, moment: string) =>
      `UPDATE llm_requests SET created_at = ${moment} WHERE session_id = '${session}'`;
    const moves = [
      move(first, `'${month}'::timestamptz - interval '1 millisecond'`),
      move(second, `'${month}'::timestamptz`),
      move(third, `'${month}'::timestamptz + interval '1 month'`),
    ].join(';\n');
    const mine = spent.filter(({ account }) => account === 'acme');
    const kept = mine.filter(({ session }) => session !== first && session !== third);
    expect((await askAfter(moves, 'account'))[0]).toMatchObject({ requests: String(kept.length), ...costOf(kept) });

    const rows = await askAfter(moves, 'months');
    expect(rows.map((row) => row['month'])).toEqual(['2026-10', '2026-11', '2026-12']);
    expect(rows.map((row) => row['total_cost'])).toEqual(
      [(s: string) => s === first, (s: string) => s !== first && s !== third, (s: string) => s === third].map((isIn) =>
        sumCosts(mine.filter(({ session }) => isIn(session))),
      ),
    );
  });
});

describe('the ledger', () => {
  it('shows no account to somebody who serves and has not entered one', async () => {
    const begin = page.begin.replace('salient_worker', 'salient_app');
    expect(await database.run(`${begin}\nSELECT * FROM llm_requests;\n${page.end}`)).toEqual([]);
  });

  it.each(['salient_app', 'salient_worker'])('cannot be changed by %s', async (role) => {
    for (const change of ['UPDATE llm_requests SET total_cost = 0', 'DELETE FROM llm_requests']) {
      await expect(database.run(`BEGIN; SET LOCAL ROLE ${role}; ${change}`)).rejects.toThrow(/permission denied/);
      await database.run('ROLLBACK');
    }
  });

  it('adds a million rows (on a server) up to the last digit, where binary numbers would not (M2)', async () => {
    // The embedded database takes many times as long to show the same.
    const count = server.database.kind === 'postgres' ? 1_000_000n : 50_000n;
    const [factor, modulus] = [791_900_000_131n, 999_999_999_989n];
    let units = 0n;
    for (let number = 1n; number <= count; number += 1n) units += (number * factor) % modulus;
    // The ledger's own column type.
    const [sums] = await database.run(`
      BEGIN;
      CREATE TEMPORARY TABLE million ON COMMIT DROP AS SELECT total_cost FROM llm_requests WITH NO DATA;
      INSERT INTO million SELECT (number * ${factor} % ${modulus}) / 100000000.0 FROM generate_series(1::bigint, ${count}) AS number;
      SELECT sum(total_cost) AS exact, sum(total_cost::float8)::text AS binary, count(*) AS rows FROM million;
      ROLLBACK`);
    const expected = `${units / 100_000_000n}.${(units % 100_000_000n).toString().padStart(8, '0')}`;
    expect(sums).toMatchObject({ rows: String(count), exact: expected });
    expect(sums?.['binary']).not.toBe(expected.replace(/0+$/, ''));
  });

  it('is read for the bill of an account by the index on account and time', async () => {
    await database.run(`
      INSERT INTO llm_requests (account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, completion_status,
          provider, model_requested, prompt_tokens, completion_tokens, total_tokens, total_cost, cost_source, usage_source, latency_ms, created_at)
        SELECT account, 'other', account, 'other', 'simple_chat', 'complete',
          'local', 'local', 1, 1, 2, 0, 'price_table', 'provider', 1, '${month}'::timestamptz - number * interval '1 hour'
        FROM (SELECT gen_random_uuid() AS account FROM generate_series(1, 20)) AS accounts, generate_series(1, 1000) AS number;
      ANALYZE llm_requests, accounts`);
    const plan = await database.run(`${beginFor()}\nEXPLAIN (COSTS OFF) ${page.queries.get('account')}\n${page.end}`);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Index Scan (using|on) llm_requests_account_id_created_at_idx/);
    expect(text).not.toContain('Seq Scan on llm_requests');
    expect(text).toMatch(/Index Cond: .*account_id = .*created_at >= .*created_at < /);
  });

  it('is summed up by agent, day or model in one scan of that index', async () => {
    const account = randomUUID();
    await database.run(`
      INSERT INTO llm_requests (account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, completion_status,
          provider, model_requested, prompt_tokens, completion_tokens, total_tokens, total_cost, cost_source, usage_source, latency_ms, created_at)
        SELECT account, 'other', account, 'other', 'simple_chat', 'complete',
          'local', 'local', 1, 1, 2, 0.00000001, 'price_table', 'provider', 1, '${month}'::timestamptz - number * interval '1 hour'
        FROM (SELECT gen_random_uuid() AS account FROM generate_series(1, 20) UNION ALL SELECT '${account}') AS accounts,
          generate_series(1, 1000) AS number;
      ANALYZE llm_requests`);
    const scans = `SELECT pg_stat_get_xact_numscans('llm_requests'::regclass) AS of_table,
      pg_stat_get_xact_numscans('llm_requests_account_id_created_at_idx'::regclass) AS of_index`;
    for (const grouping of ['agent', 'day', 'model']) {
      const [before, sums, after] = await database.run(`
        BEGIN;
        ${scans};
        SELECT summarize_usage('${account}', '${month}'::date - 10, '${month}'::date - 1, '${grouping}') -> -1 ->> 'total_cost' AS total_cost;
        ${scans};
        ROLLBACK`);
      expect(sums).toEqual({ total_cost: '0.00000240' });
      expect(Number(after?.['of_table']) - Number(before?.['of_table'])).toBe(0);
      expect(Number(after?.['of_index']) - Number(before?.['of_index'])).toBe(1);
    }
  });
});

describe('docs/operating.md', () => {
  const operating = readDocument('docs/operating.md');

  it('has every environment variable', () => {
    const [, schema = ''] =
      /const environmentSchema = z\.object\(\{\n(.*?)^\}\);/ms.exec(readSource('config.ts')) ?? [];
    const variables = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(variables).toContain('DATABASE_URL');
    expect(variables.filter((name) => !operating.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('has every key of app.yaml, with its default', () => {
    const { app } = loadConfig({ NODE_ENV: 'test', SALIENT_CONFIG: devNull });
    const defaults = leavesOf(app).map(([key, value]) => `| \`${key}\` | \`${String(value)}\` |`);
    expect(defaults).toContain('| `session.rotate_hours` | `24` |');
    expect(defaults.filter((line) => !operating.includes(line))).toEqual([]);
    // Keys without a default of their own are not in what an empty file gives.
    const optional = [...readSource('config.ts').matchAll(/^ {6}([a-z_]+): .*\.optional\(\)/gm)].map(
      ([, name]) => name,
    );
    expect(optional).toEqual(['when_key_missing']);
    expect(operating).toContain('| `llm.when_key_missing` |');
  });
});

describe('docs/agents.md', () => {
  it('has every key of an agent', () => {
    const source = readSource('features/agents/agent-config.ts');
    const [, schema = ''] = /const agentLayerSchema = z\.strictObject\(\{\n(.*?)^\}\);/ms.exec(source) ?? [];
    const keys = [...schema.matchAll(/\b([a-z_]+): (?!\/)/g)].map(([, name]) => name);
    const quoted = [...readDocument('docs/agents.md').matchAll(/`([a-z_.]+)`/g)];
    const named = new Set(quoted.flatMap(([, key = '']) => key.split('.')));
    expect(keys).toContain('fallbacks');
    // What the pattern finds beside keys: options of the checks themselves.
    expect(keys.filter((key = '') => !named.has(key) && key !== 'protocol' && key !== 'error')).toEqual([]);
  });
});

describe('docs/decisions/dependencies.md', () => {
  it('names every dependency of every package.json, and no other', () => {
    const packages = ['server', 'shared-types', 'widget', 'react', 'vue'].map((name) => `packages/${name}`);
    const folders = ['.', ...packages, 'e2e', 'bench', 'integrations'];
    const used = folders.flatMap((folder) => {
      const manifest = JSON.parse(readDocument(`${folder}/package.json`)) as Record<string, object | undefined>;
      return [manifest['dependencies'], manifest['devDependencies']].flatMap((list) => Object.keys(list ?? {}));
    });
    const named = [...readDocument('docs/decisions/dependencies.md').matchAll(/^\| `([^`]+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(new Set(named)).toEqual(new Set(used));
    expect(named).toHaveLength(new Set(named).size);
  });
});

const ACME = `(SELECT id FROM accounts WHERE slug = 'acme')`;

/** Turns of every kind: cost reported, from the price list, unknown, counted, retried, failed, and free. */
async function spendEverywhere(): Promise<void> {
  const priced = (cost: string, prompt: number, completion: number) =>
    answer({
      usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, cost },
    });
  const costs = ['0.00000001', '0.12345678', '0.1', '0.2', '7.99999999', '0.00012345'];
  for (const account of ['acme', 'globex']) {
    for (const cost of costs) {
      server.provider.script(() => priced(cost, 100, 20));
      await spend(account, 'reported');
    }
  }
  server.provider.script(() => answer({ usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } }));
  await spend('acme', 'reported');
  openai.script(() => answer({ usage: { prompt_tokens: 1_000_003, completion_tokens: 77, total_tokens: 1_000_080 } }));
  await spend('acme', 'listed');
  openai.script(() => answer({ text: 'counted, not reported '.repeat(50), usage: null }));
  await spend('acme', 'listed');
  await spend('acme', 'quoting');

  const failed = { model: 'echo', promptTokens: 0, completionTokens: 0, cost: null, estimated: true };
  let attempts = 0;
  server.provider.script(() => ((attempts += 1) === 1 ? httpError(500) : priced('0.00000003', 5, 5)));
  const session = await spend('acme', 'reported');
  spent.push({ account: 'acme', agent: 'reported', session, ...failed });

  server.provider.script(() => httpError(401));
  const refused = createVisitor(server.url);
  expect((await refused.post('/accounts/acme/agents/reported/chat', { message: 'Hello' })).status).toBe(502);
  const { session_id } = await refused.history('/accounts/acme/agents/reported');
  spent.push({ account: 'acme', agent: 'reported', session: session_id ?? '', ...failed });
}

/** One turn of a new visitor, entered as the visitor was told. Returns its session. */
async function spend(account: string, agent: string): Promise<string> {
  const reply = await createVisitor(server.url).chat(`/accounts/${account}/agents/${agent}`, { message: 'How much?' });
  const { usage, session_id: session } = reply;
  if (!usage) throw new Error('a turn without usage');
  spent.push({
    account,
    agent,
    session,
    model: usage.model,
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cost: usage.total_cost,
    estimated: usage.usage_source === 'estimated',
  });
  return session;
}

function billOf(requests: readonly Spent[]) {
  return {
    requests: String(requests.length),
    ...costOf(requests),
    estimated_requests: String(requests.filter(({ estimated }) => estimated).length),
  };
}

function costOf(requests: readonly Spent[]) {
  return {
    total_cost: sumCosts(requests),
    unpriced_requests: String(requests.filter(({ cost }) => cost === null).length),
  };
}

function tokensOf(requests: readonly Spent[]) {
  const sum = (read: (request: Spent) => number) => String(requests.reduce((total, each) => total + read(each), 0));
  return {
    prompt_tokens: sum(({ promptTokens }) => promptTokens),
    completion_tokens: sum(({ completionTokens }) => completionTokens),
  };
}

/** In whole units of the last digit, as nobody else here adds money. */
function sumCosts(requests: readonly Pick<Spent, 'cost'>[]): string {
  const units = requests.reduce((sum, { cost }) => sum + BigInt((cost ?? '0').replace('.', '')), 0n);
  const digits = units.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

function groupBy(requests: readonly Spent[], key: (request: Spent) => string): [string, Spent[]][] {
  return [...new Set(requests.map((each) => key(each)))]
    .toSorted()
    .map((name) => [name, requests.filter((each) => key(each) === name)]);
}

/** The page's beginning, for a session. */
function beginFor(session = NO_SESSION): string {
  expect(page.begin).toContain(NO_SESSION);
  return page.begin.replace(NO_SESSION, session);
}

function ask(query: string, session?: string): Promise<Row[]> {
  return database.run(`${beginFor(session)}\n${page.queries.get(query)}\n${page.end}`);
}

/** Asks inside a transaction that makes a change first, and forgets it. */
async function askAfter(change: string, query: string): Promise<Row[]> {
  const settings = beginFor().replace('BEGIN TRANSACTION READ ONLY;', '');
  return database.run(`BEGIN;\n${change};\n${settings}\n${page.queries.get(query)}\n${page.end}`);
}

/** A file, with the cells of its tables not padded. */
function readDocument(file: string): string {
  return readFileSync(path.join(projectDirectory, file), 'utf8').replaceAll(/ +\|/g, ' |');
}

function readSource(file: string): string {
  return readDocument(`packages/server/src/${file}`);
}

/** Every value of nested settings, with its dotted key. */
function leavesOf(settings: object, prefix = ''): [string, unknown][] {
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? leavesOf(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, value] satisfies [string, unknown]],
  );
}

/** The SQL blocks of a page: the transaction's beginning and end, and the queries by their `-- name:`. */
function readPage(file: string): { begin: string; end: string; queries: Map<string, string> } {
  const blocks = [...readDocument(file).matchAll(/^```sql\n(.*?)^```$/gms)].map(([, sql = '']) => sql);
  const [first = '', last = '', ...queries] = blocks;
  return {
    begin: first,
    end: last,
    queries: new Map(queries.map((sql) => [/^-- name: (\w+)$/m.exec(sql)?.[1] ?? sql, sql])),
  };
}

/** The database as its owner sees it, outside the product. */
interface Connection {
  /** Runs statements and gives the rows of all of them, every value as text. */
  run(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

async function connect({ url, dataDirectory }: TestDatabase): Promise<Connection> {
  if (url !== null) {
    const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
    await client.connect();
    return {
      run: async (sql) => [await client.query<Row>(sql)].flat().flatMap(({ rows }) => rows),
      close: () => client.end(),
    };
  }
  const pglite = await PGlite.create(dataDirectory);
  const parsers = Object.fromEntries([types.INT8, types.NUMERIC, types.TIMESTAMPTZ].map((type) => [type, String]));
  return {
    run: async (sql) => (await pglite.exec(sql, { parsers })).flatMap(({ rows }) => rows as Row[]),
    close: () => pglite.close(),
  };
}
