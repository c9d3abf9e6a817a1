// The least a Node server between client and model can do: it passes requests and answers through as they are.
// Argument: the upstream's address.
import { Agent, createServer, request } from 'node:http';
import { serveUntilKilled } from './lib/serve-until-killed.mjs';

const [upstreamUrl = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

serveUntilKilled(
  createServer((req, res) => {
    const { 'content-type': type, 'content-length': length } = req.headers;
    const headers = { 'Content-Type': type, 'Content-Length': length };
    const asked = request(new URL(req.url ?? '', upstreamUrl), { method: req.method, headers, agent }, (reply) => {
      res.writeHead(reply.statusCode ?? 502, { 'Content-Type': reply.headers['content-type'] });
      reply.pipe(res);
    });
    asked.on('error', () => res.destroy());
    res.on('close', () => asked.destroy());
    req.pipe(asked);
  }),
);
