import { startProgram } from './start-program.mjs';
import { requireBuiltServer, startSalient } from './start-salient.mjs';
import { startPostgresUnlessImpossible } from './start-postgres-unless-impossible.mjs';
import { readMemory } from './process-usage.mjs';
import { chatCompletions, salient } from './wires.mjs';

/**
 * Something that can be asked and measured.
 *
 * @typedef {object} Target
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
 * Starts the upstream and everything that is measured with it.
 *
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<{ targets: Target[], notes: string[] }>} notes: what could not be started
 */
export async function startTargets(cleanup) {
  requireBuiltServer();
  const upstream = await startProgram(cleanup, new URL('../upstream.mjs', import.meta.url));
  const relay = await startProgram(cleanup, new URL('../baseline-relay.mjs', import.meta.url), {
    arguments: [upstream.url],
  });

  /** @type {Target[]} */
  const targets = [
    {
      name: 'direct',
      url: upstream.url,
      wire: chatCompletions,
      database: null,
      pid: undefined,
      child: null,
      start: null,
    },
    describe('bare relay', relay, chatCompletions, null, null),
  ];
  const embedded = await startSalient(upstream.url, null, cleanup);
  targets.push(describe('Salient, embedded', embedded.program, salient, 'embedded', embedded.emptyStartMs));

  const postgres = await startPostgresUnlessImpossible(cleanup);
  if ('problem' in postgres) return { targets, notes: [`Not measured on PostgreSQL: ${postgres.problem}`] };
  const served = await startSalient(upstream.url, postgres.url, cleanup);
  targets.push(describe('Salient, PostgreSQL', served.program, salient, 'PostgreSQL', served.emptyStartMs));
  return { targets, notes: [] };
}

/**
 * @param {string} name
 * @param {import('./start-program.mjs').Program} program
 * @param {import('./wires.mjs').Wire} wire
 * @param {Target['database']} database
 * @param {number | null} emptyMs
 * @returns {Target}
 */
function describe(name, { child, url, startMs }, wire, database, emptyMs) {
  const start = { emptyMs, ms: startMs, memory: readMemory(child.pid) };
  return { name, url, wire, database, pid: child.pid, child, start };
}
