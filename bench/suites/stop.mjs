import { once } from 'node:events';
import { nowUs } from '../lib/clock.mjs';
import { createEventScanner } from '../lib/event-scanner.mjs';
import { formatNumber } from '../lib/format-table.mjs';
import { openConnection } from '../lib/open-connection.mjs';
import { percentile } from '../lib/percentile.mjs';
import { agentOf } from '../lib/wires.mjs';

const MODEL = 'paced-20x1000';
const AGENT = `/accounts/bench/agents/${agentOf(MODEL)}`;
const TIMES = 40;

/**
 * How long the provider goes on, and is paid, after a reader has asked to stop.
 *
 * @param {import('../lib/create-bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function stop(bench) {
  const { child: upstream } = await bench.start.upstream();
  const [served] = await bench.targets('served');
  if (!served) throw new Error('there is nothing to stop');
  /** @type {number[]} */
  const times = [];
  for (let time = 0; time < TIMES; time += 1) times.push(await stopOnce(served.url, upstream));
  return [
    {
      title: 'From stop to the provider’s socket closing',
      columns: ['one stream', 'stops', 'p50 ms', 'p95 ms', 'slowest ms'],
      rows: [[served.name, `${TIMES}`, ...[50, 95, 100].map((percent) => formatNumber(percentile(times, percent), 2))]],
      notes: ['From sending `POST A/turns/{turn_id}/stop` to the upstream’s noticing that its connection is closed.'],
    },
  ];
}

/**
 * @param {string} url
 * @param {import('node:child_process').ChildProcess} upstream
 */
async function stopOnce(url, upstream) {
  const [reading, stopping] = await Promise.all([openConnection(url), openConnection(url)]);
  try {
    const headers = await becomeVisitor(stopping);
    const { turnId, end } = await askLongAnswer(reading, headers);
    const cut = once(upstream, 'message');
    const askedAtUs = nowUs();
    const { status } = await stopping.post({ path: `${AGENT}/turns/${turnId}/stop`, headers, body: '' }, () => {});
    const [{ type, atUs }] = await cut;
    const ended = await end;
    if (status !== 200 || type !== 'cut' || ended.finish_reason !== 'stopped' || ended.status !== 'partial') {
      throw new Error(`a stop ended with ${status}, ${type} and ${JSON.stringify(ended)}`);
    }
    return (atUs - askedAtUs) / 1000;
  } finally {
    reading.close();
    stopping.close();
  }
}

/**
 * Whoever stops a turn has to be the one who asked.
 *
 * @param {import('../lib/open-connection.mjs').Connection} connection
 * @returns {Promise<string>} a header line
 */
async function becomeVisitor(connection) {
  let body = '';
  await connection.post({ path: `${AGENT}/session/token`, body: '' }, (text) => {
    body += text;
  });
  return `Authorization: Bearer ${JSON.parse(body).token}\r\n`;
}

/**
 * @param {import('../lib/open-connection.mjs').Connection} connection
 * @param {string} headers
 * @returns {Promise<{ turnId: string, end: Promise<{ status: string, finish_reason: string }> }>} when the first token is there
 */
function askLongAnswer(connection, headers) {
  return new Promise((resolve, reject) => {
    let turnId = '';
    let done = '{}';
    const scan = createEventScanner((event, data) => {
      if (event === 'turn') turnId = JSON.parse(data).turn_id;
      if (event === 'message') resolve({ turnId, end });
      if (event === 'done') done = data;
    });
    const end = read();
    end.catch(reject);

    async function read() {
      const body = JSON.stringify({ message: 'Tell me everything.' });
      await connection.post({ path: `${AGENT}/stream`, headers, body }, scan);
      return JSON.parse(done);
    }
  });
}
