import { admission } from './admission.mjs';
import { cost } from './cost.mjs';
import { firstToken } from './first-token.mjs';
import { idle } from './idle.mjs';
import { kill } from './kill.mjs';
import { lighthouseScores } from './lighthouse.mjs';
import { processes } from './processes.mjs';
import { sizes } from './sizes.mjs';
import { statements } from './statements.mjs';
import { stop } from './stop.mjs';
import { streams } from './streams.mjs';
import { tenancy } from './tenancy.mjs';
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
  { name: 'streams', group: 'server', run: streams },
  { name: 'cost', group: 'server', run: cost },
  { name: 'throughput', group: 'server', run: throughput },
  { name: 'idle', group: 'server', run: idle },
  { name: 'stop', group: 'server', run: stop },
  { name: 'statements', group: 'server', run: statements },
  { name: 'kill', group: 'server', run: kill },
  { name: 'admission', group: 'server', run: admission },
  { name: 'processes', group: 'server', run: processes },
  { name: 'tenancy', group: 'tenants', run: tenancy },
  { name: 'sizes', group: 'widget', run: sizes },
  { name: 'widget-load', group: 'widget', run: widgetLoad },
  { name: 'widget-open', group: 'widget', run: widgetOpen },
  { name: 'widget-stream', group: 'widget', run: widgetStream },
  { name: 'lighthouse', group: 'demo', run: lighthouseScores },
];
