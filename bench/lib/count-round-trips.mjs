import { connect, createServer } from 'node:net';

/**
 * What went from a client to PostgreSQL.
 *
 * @typedef {object} Traffic
 * @property {number} statements executed
 * @property {number} roundTrips times the client waited for an answer
 */

/**
 * Stands between a client and PostgreSQL and counts (protocol 3.0, "Message Formats"): a `Q` is a statement and a round
 * trip, an `E` a statement, an `S` the end of a round trip. Needs no extension and no setting of the server.
 *
 * @param {string} databaseUrl
 * @param {import('./create-cleanup.mjs').Cleanup} cleanup
 * @returns {Promise<{ url: string, read: () => Traffic }>} url: the same database, through here
 */
export async function countRoundTrips(databaseUrl, cleanup) {
  const { hostname, port } = new URL(databaseUrl);
  const traffic = { statements: 0, roundTrips: 0 };
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    const count = createCounter(traffic);
    client.on('data', count);
    client.pipe(database).pipe(client);
    client.on('error', () => database.destroy());
    database.on('error', () => client.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  cleanup.add(async () => void server.close());
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${address.port}` }).href,
    read: () => ({ ...traffic }),
  };
}

/**
 * @param {Traffic} traffic
 * @returns {(bytes: Buffer) => void}
 */
function createCounter(traffic) {
  let buffered = Buffer.alloc(0);
  let started = false;
  return (bytes) => {
    buffered = Buffer.concat([buffered, bytes]);
    // The first message has no type.
    for (let from = started ? 1 : 0; buffered.length >= from + 4; from = 1) {
      const length = from + buffered.readUInt32BE(from);
      if (buffered.length < length) return;
      const type = started ? String.fromCharCode(buffered[0] ?? 0) : '';
      if (type === 'Q' || type === 'E') traffic.statements += 1;
      if (type === 'Q' || type === 'S') traffic.roundTrips += 1;
      buffered = buffered.subarray(length);
      started = true;
    }
  };
}
