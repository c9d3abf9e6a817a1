// What the job takes at least: the bare relay, which also checks the tenant, reads a history, reads the provider's events
// and stores question, answer and request. Bare `pg`, prepared statements. Arguments: the upstream's address, the database's.
import { Agent, createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { readCompletion } from './lib/read-completion.mjs';
import { openRelayStore } from './lib/relay-store.mjs';
import { serveUntilKilled } from './lib/serve-until-killed.mjs';

const [upstreamUrl = '', databaseUrl = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const store = await openRelayStore(databaseUrl);

serveUntilKilled(
  createServer((req, res) => {
    serve(req, res).catch(() => res.destroy());
  }),
);

/** @type {(...of: Parameters<import('node:http').RequestListener>) => Promise<void>} */
async function serve(req, res) {
  const [, , tenant = '', ...path] = (req.url ?? '').split('/');
  const body = await text(req);
  const turn = await store.begin(tenant, JSON.parse(body).messages.at(-1).content);
  if (!turn) {
    res.writeHead(404).end();
    return;
  }
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const asked = request(new URL(path.join('/'), upstreamUrl), { method: 'POST', headers, agent }, (reply) => {
    res.writeHead(reply.statusCode ?? 502, { 'Content-Type': reply.headers['content-type'] });
    const completion = readCompletion();
    reply.on('data', (/** @type {Buffer} */ bytes) => {
      completion.take(bytes);
      // Who has seen the end may rely on the answer being stored.
      if (!completion.ended()) res.write(bytes);
      else
        void store.finish(turn, completion.result()).then(
          () => res.end(bytes),
          () => res.destroy(),
        );
    });
  });
  asked.on('error', () => res.destroy());
  res.on('close', () => {
    if (!res.writableFinished) asked.destroy();
  });
  asked.end(body);
}
