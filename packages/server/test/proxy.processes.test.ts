import { afterEach, describe, expect, it } from 'vitest';
import { startNginx } from '../../../scripts/start-nginx.mjs';
import type { Reply } from './fake-provider.ts';
import { openStream } from './open-stream.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { createVisitor, eventData, joinText } from './visitor.ts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

const HELPER = '/accounts/acme/agents/helper';
/** An nginx that does all it can to hold a stream back. */
const HOARDING = {
  http: 'gzip on; gzip_proxied any; gzip_min_length 0; gzip_types text/event-stream application/json;',
  location: 'proxy_buffering on; proxy_buffers 16 64k;',
  readTimeoutSeconds: 60,
};
/** Twice as long as the proxy waits for a byte, so only comments keep the stream alive. */
const SILENCE_MS = 121_000;

const words = ['One', ' two', ' three', ' four', ' five.'];

let server: TestServer;
let nginx: { url: string; stop: () => Promise<void> } | undefined;

afterEach(async () => {
  await nginx?.stop();
  await server.stop();
});

/** @returns the address in front */
async function start(): Promise<string> {
  server = await startTestServer({
    agents: [{ account: 'acme', agent: 'helper', llm: { timeout_seconds: 170 } }],
    app: { llm: { timeouts_ms: { first_token: 150_000 } } },
  });
  nginx = await startNginx({ upstreams: [new URL(server.url).host], ...HOARDING });
  return nginx.url;
}

/** A provider that says its next word when it is let to. */
function stepwise(): { reply: Reply; next: () => void } {
  const allowed = { words: 0 };
  return {
    next: () => void (allowed.words += 1),
    reply: async ({ response, wait }) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (const [index, content] of words.entries()) {
        while (allowed.words <= index) if (!(await wait(10))) return;
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
      }
      response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`);
    },
  };
}

describe('behind an nginx with buffering, gzip and a short read timeout (S9)', () => {
  it('the headers come before the model answers, and each word before the next one is said', async () => {
    const front = await start();
    const { reply, next } = stepwise();
    server.provider.script(() => reply);
    const visitor = createVisitor(front);
    await visitor.history(HELPER);
    const response = await visitor.post(`${HELPER}/stream`, { message: 'hi' }, { 'Accept-Encoding': 'gzip' });
    expect(response.status).toBe(200);

    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
      // A stream that is held back anywhere would never get here again.
      if (words.some((_, said) => words.slice(0, said).join('') === joinText(events))) next();
    }
    expect(events.map(({ event }) => event)).toEqual(['turn', ...words.map(() => 'message'), 'done']);
    expect(joinText(events)).toBe(words.join(''));
  });

  it('comments keep the stream of a model that says nothing for two minutes alive past the read timeout', async () => {
    const front = await start();
    const { reply, next } = stepwise();
    server.provider.script(() => async (exchange) => {
      if (!(await exchange.wait(SILENCE_MS))) return;
      for (const _ of words) next();
      await reply(exchange);
    });
    const visitor = createVisitor(front);
    await visitor.history(HELPER);
    const reading = await openStream(front, visitor, { path: `${HELPER}/stream`, body: { message: 'hi' } });
    await reading.over;
    expect(reading.comments.length).toBeGreaterThanOrEqual(8);
    expect(reading.text()).toBe(words.join(''));
    expect(eventData(reading.events, 'done')).toMatchObject({ status: 'complete' });
  }, 180_000);
});
