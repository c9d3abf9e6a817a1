import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../lib/ask.mjs';
import { askChild } from '../lib/ask-child.mjs';
import { formatNumber } from '../lib/format-table.mjs';
import { openConnection } from '../lib/open-connection.mjs';

const STREAMS = 1000;
/** One token, some seventeen seconds of silence, and the last one. */
const MODEL = 'paced-0.06x2';
const OPENING_MS = 4000;
const SETTLED_MS = 1000;

/**
 * What a stream holds in memory while nothing happens on it. In new processes, so that no earlier suite has left room.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function idle({ start }) {
  const targets = [await start.bareRelay(), await start.storingRelay(), await start.served()];
  return [
    {
      title: 'Memory of an idle stream',
      columns: [`${STREAMS} streams`, 'RSS KiB/stream', 'heap KiB/stream', 'RSS MiB before', 'with them'],
      rows: await Promise.all(targets.map(measure)),
      notes: [
        'Streams that have sent their first token and wait for the next, both connections included; after collecting',
        'garbage before and with them. Heap: what V8 and its buffers hold.',
      ],
    },
  ];
}

/** @param {import('../lib/start-targets.mjs').Target} target */
async function measure(target) {
  const { child } = target;
  if (!child) throw new Error(`${target.name} has no process`);
  // Code that has run once has its memory.
  await askMany(target, 100, 'paced-20', 3000).answered;
  const before = await askChild(child, { type: 'memory' }, 'memory');
  const { begun, answered, ended } = askMany(target, STREAMS, MODEL, OPENING_MS);
  await Promise.race([begun, answered]);
  await wait(SETTLED_MS);
  const open = await askChild(child, { type: 'memory' }, 'memory');
  if (ended() > 0) throw new Error(`${target.name} took too long to open ${STREAMS} streams: some had ended`);
  await answered;
  return [
    target.name,
    formatNumber((open.rssKiB - before.rssKiB) / STREAMS, 1),
    formatNumber((open.heapKiB - before.heapKiB) / STREAMS, 1),
    formatNumber(before.rssKiB / 1024, 0),
    formatNumber(open.rssKiB / 1024, 0),
  ];
}

/**
 * @param {import('../lib/start-targets.mjs').Target} target
 * @param {number} count
 * @param {string} model
 * @param {number} overMs
 * @returns {{ begun: Promise<void>, answered: Promise<unknown>, ended: () => number }} begun: all have their first token
 */
function askMany(target, count, model, overMs) {
  const progress = { begun: 0, ended: 0 };
  let allBegun = () => {};
  /** @type {Promise<void>} */
  const begun = new Promise((resolve) => {
    allBegun = resolve;
  });
  const answered = Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await wait((overMs * index) / count);
      const connection = await openConnection(target.url);
      let isFirst = true;
      const token = () => {
        if (isFirst && (progress.begun += 1) === count) allBegun();
        isFirst = false;
      };
      await ask(target, model, connection, { token }).finally(() => connection.close());
      progress.ended += 1;
    }),
  );
  return { begun, answered, ended: () => progress.ended };
}
