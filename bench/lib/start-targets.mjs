import { pinToTargetCore } from './pin-to-cores.mjs';
import { readMemory } from './process-usage.mjs';
import { startDatabases } from './start-databases.mjs';
import { startProgram } from './start-program.mjs';
import { requireBuiltServer, startSalient } from './start-salient.mjs';
import { chatCompletions, salient, salientWithKnowledge, tenantCompletions } from './wires.mjs';

/** @typedef {'direct' | 'bare' | 'storing' | 'embedded' | 'served' | 'knowing'} Kind */

/**
 * Something that can be asked and measured.
 *
 * @typedef {object} Target
 * @property {Kind} kind
 * @property {string} name
 * @property {string} url
 * @property {import('./wires.mjs').Wire} wire
 * @property {'embedded' | 'PostgreSQL' | null} database
 * @property {number | undefined} pid of the process between client and upstream; undefined: there is none
 * @property {import('node:child_process').ChildProcess | null} child the same
 * @property {{ emptyMs: number | null, ms: number, memory: { nowMiB: number } | null } | null} start emptyMs: with an empty
 *   database; ms: with what a start before had left; memory: when ready
 */

/**
 * Starts things to measure, each in a new process and with a new database.
 *
 * @typedef {object} Starters
 * @property {() => Promise<import('./start-program.mjs').Program>} upstream the same one every time
 * @property {() => Promise<Target>} direct
 * @property {() => Promise<Target>} bareRelay
 * @property {() => Promise<Target>} storingRelay
 * @property {() => Promise<Target>} embedded
 * @property {(options?: SalientOptions) => Promise<Target & { databaseUrl: string }>} served
 * @property {() => Promise<import('./start-databases.mjs').Databases>} databases the same ones every time
 */

/**
 * @typedef {object} SalientOptions
 * @property {(databaseUrl: string) => Promise<string>} [reach] gives the address under which it is to reach its database
 * @property {Record<string, unknown>} [chat] settings
 */

/**
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Starters}
 */
export function createStarters(cleanup) {
  requireBuiltServer();
  let databaseCount = 0;
  const once = (/** @type {() => Promise<any>} */ start) => {
    /** @type {Promise<any> | null} */
    let started = null;
    return () => (started ??= start());
  };
  const upstream = once(() => startProgram(cleanup, new URL('../upstream.mjs', import.meta.url)));
  const databases = once(() => startDatabases(cleanup));
  const newDatabase = async () => (await databases()).create(`bench_${(databaseCount += 1)}`);

  return {
    upstream,
    databases,
    direct: async () => ({ ...(await upstream()), ...DIRECT }),
    async bareRelay() {
      const options = { arguments: [(await upstream()).url] };
      const program = await startProgram(cleanup, new URL('../baseline-relay.mjs', import.meta.url), options);
      return describe('bare', 'bare relay', program, chatCompletions, null);
    },
    async storingRelay() {
      const options = { arguments: [(await upstream()).url, await newDatabase()] };
      const program = await startProgram(cleanup, new URL('../storing-relay.mjs', import.meta.url), options);
      return describe('storing', 'storing relay', program, tenantCompletions, 'PostgreSQL');
    },
    async embedded() {
      const { program, emptyStartMs } = await startSalient((await upstream()).url, null, cleanup);
      return describe('embedded', 'Salient, embedded', program, salient, 'embedded', emptyStartMs);
    },
    async served({ reach = async (/** @type {string} */ url) => url, chat } = {}) {
      const databaseUrl = await newDatabase();
      const upstreamUrl = (await upstream()).url;
      const { program, emptyStartMs } = await startSalient(upstreamUrl, await reach(databaseUrl), cleanup, chat);
      return {
        ...describe('served', 'Salient, PostgreSQL', program, salient, 'PostgreSQL', emptyStartMs),
        databaseUrl,
      };
    },
  };
}

const DIRECT = {
  kind: /** @type {const} */ ('direct'),
  name: 'direct',
  wire: chatCompletions,
  database: null,
  pid: undefined,
  child: null,
  start: null,
};

/**
 * The same server, asked through agents that search their knowledge.
 *
 * @param {Target} served
 * @returns {Target}
 */
export function askKnowing(served) {
  return { ...served, kind: 'knowing', name: '… with knowledge', wire: salientWithKnowledge, start: null };
}

/**
 * @param {Kind} kind
 * @param {string} name
 * @param {import('./start-program.mjs').Program} program
 * @param {import('./wires.mjs').Wire} wire
 * @param {Target['database']} database
 * @param {number | null} [emptyMs]
 * @returns {Target}
 */
function describe(kind, name, { child, url, startMs }, wire, database, emptyMs = null) {
  pinToTargetCore(child.pid);
  const start = { emptyMs, ms: startMs, memory: readMemory(child.pid) };
  return { kind, name, url, wire, database, pid: child.pid, child, start };
}
