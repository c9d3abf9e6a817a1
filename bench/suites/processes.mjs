import { formatNumber } from '../lib/format-table.mjs';
import { readMemory } from '../lib/process-usage.mjs';

const COLUMNS = ['process', 'first start ms', 'later start ms', 'RSS ready MiB', 'RSS now MiB', 'RSS peak MiB'];

/**
 * How long processes take to start, and how much memory they hold.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function processes(bench) {
  const targets = await bench.targets('bare', 'storing', 'embedded', 'served');
  return [
    {
      title: 'Start and memory',
      columns: COLUMNS,
      rows: targets.flatMap(({ name, pid, start }) => (start ? [describeProcess(name, pid, start)] : [])),
      notes: [
        'Start: from starting the process until it says that it is listening; the first one also makes the database.',
        'RSS: resident memory, of this process alone, when it was ready and after the load of the suites before this one.',
      ],
    },
  ];
}

/**
 * @param {string} name
 * @param {number | undefined} pid
 * @param {NonNullable<import('../lib/start-targets.mjs').Target['start']>} start
 */
function describeProcess(name, pid, start) {
  const memory = readMemory(pid);
  return [
    name,
    formatNumber(start.emptyMs, 0, ''),
    formatNumber(start.ms, 0),
    formatNumber(start.memory?.nowMiB ?? null, 0),
    formatNumber(memory?.nowMiB ?? null, 0),
    formatNumber(memory?.peakMiB ?? null, 0),
  ];
}
