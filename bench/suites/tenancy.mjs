import pg from 'pg';
import { setTimeout as wait } from 'node:timers/promises';
import { fillTenants, MESSAGES, TENANTS, writeTenantFolders } from '../lib/fill-tenants.mjs';
import { formatNumber } from '../lib/format-table.mjs';
import { percentile } from '../lib/percentile.mjs';
import { pinToTargetCore } from '../lib/pin-to-cores.mjs';
import { readCpuMs, readMemory } from '../lib/process-usage.mjs';
import { prepareSalient } from '../lib/start-salient.mjs';
import { billByHand, billOfOurs, historyByHand, historyOfOurs, lookUpByHand } from '../lib/tenant-reads.mjs';

const SAMPLES = 1_000;
/** Of the agents that a process keeps. */
const WARM_AGENTS = 500;
const IDLE_MS = 5_000;
/** Until nobody has asked for an agent in so long that it is compared no more. */
const REST_MS = 12_000;

/**
 * What many tenants cost: the start, the look-up of an agent, a page of history and a month's bill, beside the same by hand
 * in SQL without row-level security.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function tenancy({ start, cleanup }) {
  const databaseUrl = await (await start.databases()).create('bench_tenancy');
  const upstreamUrl = (await start.upstream()).url;
  const salient = await prepareSalient(upstreamUrl, databaseUrl, cleanup);
  const empty = await salient.start();
  const emptyMemory = readMemory(empty.child.pid);
  await empty.stop();
  await fillTenants(databaseUrl);
  await writeTenantFolders(salient.configsDirectory, upstreamUrl);
  const full = await salient.start();
  pinToTargetCore(full.child.pid);
  const fullMemory = readMemory(full.child.pid);
  const lookUps = await measureLookUps(full.url);
  const warmMemory = readMemory(full.child.pid);
  const watching = await measureIdle(full.child.pid);
  await wait(REST_MS);
  const idle = await measureIdle(full.child.pid);

  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  cleanup.add(() => client.end());
  const reads = await measureReads(client);
  const plan = await billOfOurs.plan(client, await pickSession(client));
  await client.end();
  await full.stop();

  return [
    {
      title: `${TENANTS.accounts} accounts with ${TENANTS.agents} agents each, ${MESSAGES.toLocaleString('en')} messages`,
      columns: [
        'process',
        'start ms',
        'RSS ready MiB',
        `RSS with ${WARM_AGENTS} agents read`,
        'CPU ms a second just after',
        'CPU ms a second at rest',
      ],
      rows: [
        ['14 agents, empty', formatNumber(empty.startMs, 0), formatNumber(emptyMemory?.nowMiB ?? null, 0), '', '', ''],
        [
          'all of them',
          formatNumber(full.startMs, 0),
          formatNumber(fullMemory?.nowMiB ?? null, 0),
          formatNumber(warmMemory?.nowMiB ?? null, 0),
          formatNumber(watching, 1),
          formatNumber(idle, 1),
        ],
      ],
      notes: [
        'Just after: rows and files of agents in use are compared with what was read, once a second. At rest: none is in use.',
      ],
    },
    {
      title: 'Look-up of an agent, over HTTP',
      columns: ['', 'requests', 'p50 ms', 'p99 ms'],
      rows: lookUps,
      notes: [
        'Cold: the first request for an agent, which reads its row and files. Warm: later ones; what the look-up itself',
        'takes is the difference to an address that looks nothing up.',
      ],
    },
    {
      title: 'Reads of one tenant',
      columns: ['', 'samples', 'p50 ms', 'p95 ms', 'times by hand'],
      rows: reads,
      notes: [
        'On one connection, in turns. Ours: as the application role, under row-level security, as the server asks. By hand:',
        'the same answer as a superuser, without it.',
      ],
    },
    { title: 'Plan of a month’s bill', columns: ['plan'], rows: plan.map((line) => [line]), notes: [] },
  ];
}

/** @param {string} url */
async function measureLookUps(url) {
  const agents = Array.from({ length: WARM_AGENTS }, (_, index) => {
    const account = 1 + Math.floor(index / TENANTS.agents);
    return `${url}/accounts/tenant-${account}/agents/agent-${1 + (index % TENANTS.agents)}/health`;
  });
  const cold = await timeEach(agents);
  const warm = await timeEach([...agents, ...agents]);
  const none = await timeEach([...agents, ...agents].map(() => `${url}/health`));
  return [describe('cold', cold), describe('warm', warm), describe('no look-up', none)];
}

/** @param {string[]} addresses */
async function timeEach(addresses) {
  const times = [];
  for (const address of addresses) {
    const startedAt = performance.now();
    const response = await fetch(address);
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  }
  return times;
}

/** @param {number | undefined} pid */
async function measureIdle(pid) {
  const before = readCpuMs(pid);
  await wait(IDLE_MS);
  const after = readCpuMs(pid);
  return before === null || after === null ? null : ((after - before) / IDLE_MS) * 1000;
}

/** @param {pg.Client} client */
async function measureReads(client) {
  const pairs = [
    { name: 'history page', ours: historyOfOurs, byHand: historyByHand },
    { name: 'bill of a month', ours: billOfOurs, byHand: billByHand },
  ];
  const rows = [];
  for (const { name, ours, byHand } of pairs) {
    /** @type {{ ours: number[], byHand: number[] }} */
    const times = { ours: [], byHand: [] };
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const session = await pickSession(client);
      times.ours.push(await timeRead(() => ours.read(client, session)));
      times.byHand.push(await timeRead(() => byHand.read(client, session)));
    }
    const factor = percentile(times.ours, 50) / percentile(times.byHand, 50);
    rows.push([...describeReads(name, times.ours), formatNumber(factor, 2)]);
    rows.push([...describeReads('… by hand', times.byHand), '']);
  }
  const lookUp = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const session = await pickSession(client);
    lookUp.push(await timeRead(() => lookUpByHand.read(client, session)));
  }
  return [...rows, [...describeReads('look-up of an agent, by hand', lookUp), '']];
}

/** @param {() => Promise<number>} read gives the number of rows */
async function timeRead(read) {
  const startedAt = performance.now();
  if ((await read()) === 0) throw new Error('a read found nothing');
  return performance.now() - startedAt;
}

/**
 * Any session of any tenant.
 *
 * @param {pg.Client} client
 * @returns {Promise<import('../lib/tenant-reads.mjs').Session>}
 */
async function pickSession(client) {
  const account = 1 + Math.floor(Math.random() * TENANTS.accounts);
  const agent = 1 + Math.floor(Math.random() * TENANTS.agents);
  const { rows } = await client.query(
    `SELECT accounts.id AS "accountId", accounts.slug AS "accountSlug", agent_instances.id AS "agentId",
       agent_instances.instance_slug AS "agentSlug"
     FROM accounts JOIN agent_instances ON agent_instances.account_id = accounts.id
     WHERE accounts.slug = $1 AND instance_slug = $2`,
    [`tenant-${account}`, `agent-${agent}`],
  );
  return { ...rows[0], sessionKey: `visitor-${1 + Math.floor(Math.random() * TENANTS.sessions)}` };
}

/**
 * @param {string} name
 * @param {number[]} times
 */
function describe(name, times) {
  return [name, `${times.length}`, formatNumber(percentile(times, 50), 2), formatNumber(percentile(times, 99), 2)];
}

/**
 * @param {string} name
 * @param {number[]} times
 */
function describeReads(name, times) {
  return [name, `${times.length}`, formatNumber(percentile(times, 50), 3), formatNumber(percentile(times, 95), 3)];
}
