import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/cutting-proxy.ts';
import { answer } from '../../../test/fake-provider-replies.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, joinText } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
/** Everything a careless reader gets wrong. */
const HARD_TEXT = '  Größe: 👩‍👩‍👧 one\n\n data: two — three\n\nevent: done\nfour.\n';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

interface ReadStream {
  text: string;
  events: string[];
  /** The status of every request the EventSource made, in order. */
  statuses: number[];
}

/** Reads by the browser's own API until it gives up reconnecting. */
function readByEventSource(baseUrl: string, path: string): Promise<ReadStream> {
  const visitor = createVisitor(baseUrl);
  const read: ReadStream = { text: '', events: [], statuses: [] };
  const source = new EventSource(new URL(path, baseUrl), {
    // A browser keeps the cookie by itself.
    fetch: async (url, init) => {
      const response = await visitor.fetch(String(url), init);
      read.statuses.push(response.status);
      return response;
    },
  });
  for (const name of ['turn', 'message', 'tool', 'done'] as const) {
    source.addEventListener(name, ({ data }) => {
      read.events.push(name);
      if (name === 'message') read.text += data as string;
    });
  }
  return new Promise((resolve) => {
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) resolve(read);
    });
  });
}

describe('EventSource', () => {
  it('reads an answer, comes back by itself when it has ended, and is told that nothing is left', async () => {
    server.provider.script(() => answer({ text: HARD_TEXT }));
    const before = server.provider.requests.length;
    const { text, events, statuses } = await readByEventSource(server.url, `${HELPER}/stream?message=hi`);
    expect(text).toBe(HARD_TEXT);
    expect(events.filter((name) => name !== 'message')).toEqual(['turn', 'done']);
    expect(statuses).toEqual([200, 204]);
    expect(server.provider.requests.length - before).toBe(1);
  });

  it('gets exactly the rest when its connection is cut in the middle of a live answer, twice', async () => {
    const text = Array.from({ length: 60 }, (_, index) => `wörd${index}${index % 7 === 0 ? '\n\n ' : ''}`).join(' ');
    // Slow enough to be still under way when the reader comes back after its three seconds.
    server.provider.script(() => answer({ text, delayMs: 120 }));
    const before = server.provider.requests.length;
    const proxy = await startCuttingProxy(server.url, [3000, 2600]);
    try {
      const read = await readByEventSource(proxy.url, `${HELPER}/stream?message=hi`);
      expect(read.text).toBe(text);
      expect(read.statuses).toEqual([200, 200, 200, 204]);
      expect(read.events.filter((name) => name !== 'message')).toEqual(['turn', 'turn', 'turn', 'done']);
      expect(proxy.connections()).toBeGreaterThanOrEqual(3);
      expect(server.provider.requests.length - before).toBe(1);
    } finally {
      await proxy.close();
    }
  });

  it('that was cut before anything came asks again under the same client_message_id, and the model is asked once', async () => {
    server.provider.script(() => answer({ text: 'Only once.' }));
    const before = server.provider.requests.length;
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const proxy = await startCuttingProxy(server.url, [200]);
    try {
      const address = new URL(`${HELPER}/stream?message=hi&client_message_id=cut-1`, proxy.url);
      const headers = { Cookie: visitor.cookie() ?? '', Origin: 'https://shop.example' };
      await expect(fetch(address, { headers })).rejects.toThrow('fetch failed');
      await expect.poll(() => server.provider.requests.length - before).toBe(1);
      await expect.poll(async () => (await visitor.history(HELPER)).messages.length).toBe(2);
      const response = await fetch(address, { headers });
      expect(await response.text()).toContain('once.');
      expect(server.provider.requests.length - before).toBe(1);
    } finally {
      await proxy.close();
    }
  });
});

describe('curl -N', () => {
  it.each([
    ['GET', ['--get', '--data-urlencode', 'message=What is this?', `${HELPER}/stream`]],
    ['POST', ['-H', 'Content-Type: application/json', '-d', '{"message":"What is this?"}', `${HELPER}/stream`]],
  ])('reads the stream by %s as it comes', async (_form, args) => {
    const held = holdReply(answer({ text: HARD_TEXT }));
    server.provider.script(() => held.reply);
    const path = args.at(-1) ?? '';
    const { output, exitCode } = await runCurl([...args.slice(0, -1), new URL(path, server.url).href], (soFar) => {
      if (soFar.includes('event: turn')) held.release();
    });
    expect(exitCode).toBe(0);
    const [head = '', ...body] = output.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toMatch(/\r\nContent-Type: text\/event-stream; charset=utf-8\r\n/);
    const events: EventSourceMessage[] = [];
    createParser({ onEvent: (event) => events.push(event) }).feed(body.join('\r\n\r\n'));
    expect(events.map(({ event }) => event).filter((name) => name !== 'message')).toEqual(['turn', 'done']);
    expect(joinText(events)).toBe(HARD_TEXT);
  });
});

async function runCurl(args: string[], onOutput: (soFar: string) => void) {
  const curl = spawn('curl', ['--no-buffer', '--silent', '--show-error', '--include', ...args]);
  let output = '';
  curl.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    onOutput(output);
  });
  const ended = once(curl, 'close') as Promise<[number]>;
  const [exitCode] = await ended.catch((error: unknown) => {
    throw new Error('curl could not be run; these tests need it on the PATH', { cause: error });
  });
  return { output, exitCode };
}
