import type { ErrorBody, History } from '@salient/shared-types';
import type { EventSourceMessage } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAgentFolder, type AgentFolder } from './agent-folder.ts';
import { spawnFakeProvider, type SpawnedFakeProvider } from './spawn-fake-provider.ts';
import { spawnServer, type SpawnedServer } from './spawn-server.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { createVisitor, eventData, joinText, readEvents, type Visitor } from './visitor.ts';

const SLOW = '/accounts/acme/agents/slow';
const WORDS = 40;
const slowText = Array.from({ length: WORDS }, (_, index) => `word${index}`).join(' ');

let provider: SpawnedFakeProvider;
let database: TestDatabase;
let folder: AgentFolder;
const servers: SpawnedServer[] = [];

beforeAll(async () => {
  provider = await spawnFakeProvider();
  database = await createTestDatabase();
  folder = await createAgentFolder(provider.baseUrl, [
    {
      account: 'acme',
      agent: 'slow',
      config: {
        llm: {
          inference_provider: 'openai_compatible',
          base_url: provider.baseUrl,
          model: `words:count=${WORDS},delay=120`,
        },
      },
    },
  ]);
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
});

afterAll(async () => {
  await provider.close();
  await database.remove();
  await folder.remove();
});

async function start(): Promise<SpawnedServer> {
  const server = await spawnServer({ SALIENT_CONFIG: folder.appFile, DATABASE_URL: database.url ?? '' });
  servers.push(server);
  return server;
}

/** The same browser at another process: its cookie goes along. */
function sameVisitor(visitor: Visitor, server: SpawnedServer): Visitor {
  const other = createVisitor(server.url);
  return {
    ...other,
    fetch: (path, init = {}) =>
      other.fetch(path, { ...init, headers: { ...(init.headers as object), Cookie: visitor.cookie() ?? '' } }),
    history: async (agentPath) => {
      const response = await other.fetch(`${agentPath}/history`, { headers: { Cookie: visitor.cookie() ?? '' } });
      return (await response.json()) as History;
    },
  };
}

/** Begins a turn and reads until `count` pieces of the answer have come. The connection stays open. */
async function beginReading(visitor: Visitor, count: number) {
  await visitor.history(SLOW);
  const response = await visitor.post(`${SLOW}/stream`, { message: 'tell me' });
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  while (events.filter(({ event }) => event === 'message').length < count) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) throw new Error('the stream ended early');
    parser.feed(decoder.decode(chunk.value, { stream: true }));
  }
  return { turn: eventData(events, 'turn'), shown: joinText(events), events };
}

async function ledgerOf(turnId: string) {
  const client = new pg.Client({ connectionString: database.url ?? '' });
  await client.connect();
  try {
    const { rows } = await client.query<{ completion_status: string; usage_source: string }>(
      'SELECT completion_status, usage_source FROM llm_requests WHERE turn_id = $1',
      [turnId],
    );
    return rows;
  } finally {
    await client.end();
  }
}

describe('several processes', () => {
  it('S7, M3: after SIGKILL another process marks the answer partial, keeps its text and bills it once', async () => {
    const [first, second] = [await start(), await start()];
    const visitor = createVisitor(first.url);
    const { turn, shown } = await beginReading(visitor, 12);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    await first.end('SIGKILL');

    const survivor = sameVisitor(visitor, second);
    await expect
      .poll(async () => (await survivor.history(SLOW)).messages.at(-1), { timeout: 30_000, interval: 500 })
      .toMatchObject({ id: turn.message_id, status: 'partial' });
    const kept = (await survivor.history(SLOW)).messages.at(-1)?.content ?? '';
    expect(kept.startsWith(shown)).toBe(true);
    expect(slowText.startsWith(kept)).toBe(true);
    expect(await ledgerOf(turn.turn_id)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
  }, 90_000);

  it('S3: any process gives the exact rest of an answer that another one is generating', async () => {
    const [first, second] = [await start(), await start()];
    const visitor = createVisitor(first.url);
    const { turn, shown, events } = await beginReading(visitor, 5);
    const elsewhere = sameVisitor(visitor, second);
    const response = await elsewhere.fetch(`${SLOW}/stream?turn=${turn.turn_id}`, {
      headers: { 'Last-Event-ID': events.at(-1)?.id ?? '' },
    });
    const rest = await readEvents(response);
    expect(shown + joinText(rest)).toBe(slowText);
    expect(eventData(rest, 'done')).toMatchObject({ status: 'complete', finish_reason: 'stop' });
    expect(await ledgerOf(turn.turn_id)).toEqual([{ completion_status: 'complete', usage_source: 'provider' }]);
  }, 90_000);

  it('S6: any process stops an answer that another one is generating; it is kept and billed once', async () => {
    const [first, second] = [await start(), await start()];
    const visitor = createVisitor(first.url);
    const { turn, shown } = await beginReading(visitor, 5);
    const elsewhere = sameVisitor(visitor, second);
    const stopped = await elsewhere.fetch(`${SLOW}/turns/${turn.turn_id}/stop`, { method: 'POST' });
    expect(await stopped.json()).toEqual({ turn_id: turn.turn_id, status: 'partial' });

    const requests = await provider.readRequests();
    expect(requests.at(-1)).toMatchObject({ replied: false, closedAt: expect.any(Number) as number });
    const kept = (await elsewhere.history(SLOW)).messages.at(-1);
    expect(kept).toMatchObject({ status: 'partial', metadata: { finish_reason: 'stopped' } });
    expect(kept?.content.startsWith(shown)).toBe(true);
    expect(await ledgerOf(turn.turn_id)).toEqual([{ completion_status: 'partial', usage_source: 'estimated' }]);
  }, 90_000);

  it('S8: SIGTERM turns readiness off at once, takes nothing new, lets the answer end, and exits', async () => {
    const [first, second] = [await start(), await start()];
    const visitor = createVisitor(first.url);
    const { turn } = await beginReading(visitor, 3);
    first.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${first.url}/ready`)).status).toBe(503);
    const refused = await createVisitor(first.url).post(`${SLOW}/chat`, { message: 'one more' });
    expect([refused.status, ((await refused.json()) as ErrorBody).code, refused.headers.get('Retry-After')]).toEqual([
      503,
      'NOT_READY',
      '5',
    ]);
    expect(await first.end('SIGCONT')).toBe(0);
    const history = await sameVisitor(visitor, second).history(SLOW);
    expect(history.messages.at(-1)).toMatchObject({ id: turn.message_id, status: 'complete', content: slowText });
  }, 90_000);

  it('S8: a second SIGTERM exits at once, and the answer is not lost', async () => {
    const [first, second] = [await start(), await start()];
    const visitor = createVisitor(first.url);
    const { turn } = await beginReading(visitor, 12);
    first.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${first.url}/ready`)).status).toBe(503);
    expect(await first.end('SIGTERM')).toBe(1);
    await expect
      .poll(async () => (await sameVisitor(visitor, second).history(SLOW)).messages.at(-1), {
        timeout: 30_000,
        interval: 500,
      })
      .toMatchObject({ id: turn.message_id, status: 'partial' });
  }, 90_000);
});
