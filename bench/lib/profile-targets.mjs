import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askChild } from './ask-child.mjs';
import { keepAsking } from './keep-asking.mjs';
import { sumSelfTime } from './sum-self-time.mjs';

const SHOWN_FUNCTIONS = 25;
const SHOWN_PLACES = 15;
/** Long enough that what is rare is seen, too. */
const DURATION_MS = 6000;

/**
 * Records a CPU profile of every target of ours under load, one after the other.
 *
 * @param {import('./start-targets.mjs').Target[]} targets
 * @param {import('./keep-asking.mjs').Load} load
 * @returns {Promise<import('./format-table.mjs').Table[]>} two per target
 */
export async function profileTargets(targets, load) {
  const tables = [];
  for (const { child, ...target } of targets) {
    if (!child) continue;
    const file = join(tmpdir(), `salient-bench-${child.pid}.cpuprofile`);
    child.send({ type: 'profile-start' });
    const { answered } = await keepAsking({ ...target, child }, { ...load, settleMs: 0, durationMs: DURATION_MS });
    await askChild(child, { type: 'profile-stop', file }, 'profile-written');
    tables.push(...describeProfile(target.name, file, await readFile(file, 'utf8'), answered));
  }
  return tables;
}

/**
 * @param {string} name
 * @param {string} file
 * @param {string} json
 * @param {number} answers
 * @returns {import('./format-table.mjs').Table[]}
 */
function describeProfile(name, file, json, answers) {
  const { functions, packages, busyMs } = sumSelfTime(JSON.parse(json));
  const rows = (/** @type {import('./sum-self-time.mjs').Share[]} */ shares) =>
    shares.map(({ name: of, ms }) => [of, ((ms * 1000) / answers).toFixed(0), `${((ms / busyMs) * 100).toFixed(1)} %`]);
  const columns = (/** @type {string} */ what) => [what, 'microseconds/answer', 'share'];
  const notes = [`${answers} answers. The whole of it: ${file}`];
  return [
    {
      title: `CPU of ${name}, by place`,
      columns: columns('place'),
      rows: rows(packages.slice(0, SHOWN_PLACES)),
      notes,
    },
    {
      title: `CPU of ${name}, by function`,
      columns: columns('function (self time)'),
      rows: rows(functions.slice(0, SHOWN_FUNCTIONS)),
      notes: [],
    },
  ];
}
