import { firstToken } from './first-token.mjs';
import { processes } from './processes.mjs';
import { sizes } from './sizes.mjs';
import { throughput } from './throughput.mjs';
import { widgetLoad } from './widget-load.mjs';
import { widgetOpen } from './widget-open.mjs';
import { widgetStream } from './widget-stream.mjs';

/**
 * One thing to measure, and its tables.
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} group
 * @property {(bench: import('../lib/create-bench.mjs').Bench) => Promise<import('../lib/format-table.mjs').Table[]>} run
 */

/**
 * In the order in which they run: `processes` comes after the load it reports on.
 *
 * @type {Suite[]}
 */
export const suites = [
  { name: 'first-token', group: 'server', run: firstToken },
  { name: 'throughput', group: 'server', run: throughput },
  { name: 'processes', group: 'server', run: processes },
  { name: 'sizes', group: 'widget', run: sizes },
  { name: 'widget-load', group: 'widget', run: widgetLoad },
  { name: 'widget-open', group: 'widget', run: widgetOpen },
  { name: 'widget-stream', group: 'widget', run: widgetStream },
];
