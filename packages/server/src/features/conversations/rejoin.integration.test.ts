import type { ErrorBody } from '@salient/shared-types';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { sendBytes } from '../../../test/send-bytes.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText, readEvents } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

describe('a turn belongs to the server, not to the connection (S1, S2)', () => {
  it('finishes the answer of a reader that left, once', async () => {
    const text = 'word '.repeat(20).trim();
    server.provider.script(() => answer({ text, delayMs: 20 }));
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const before = server.provider.requests.length;
    const leaving = new AbortController();
    const response = await visitor.fetch(`${HELPER}/stream`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ message: 'bye' }),
      signal: leaving.signal,
    });
    if (!response.body) throw new Error('no body');
    await response.body.getReader().read();
    leaving.abort();

    await expect
      .poll(async () => (await visitor.history(HELPER)).messages.at(-1)?.content, { timeout: 5000 })
      .toBe(text);
    expect(server.provider.requests.length - before).toBe(1);
  });

  it('gives exactly the rest after any position, live and after the end', async () => {
    const text = 'Größe: 👩‍👩‍👧 one\n\n  two — three\nfour.';
    server.provider.script(() => answer({ text, delayMs: 15 }));
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const whole = visitor.stream(HELPER, { message: 'go' });
    const active = () => visitor.history(HELPER).then(({ active_turn }) => active_turn?.id);
    await expect.poll(active).toBeDefined();
    const turnId = await active();
    const late = readEvents(await visitor.fetch(`${HELPER}/stream?turn=${turnId}`));

    const events = await whole;
    expect(joinText(events)).toBe(text);
    expect(joinText(await late)).toBe(text);
    for (const [index, { id }] of events.entries()) {
      if (!id || id.endsWith(':done')) continue;
      const rest = await readEvents(
        await visitor.fetch(`${HELPER}/stream?turn=${turnId}`, { headers: { 'Last-Event-ID': id } }),
      );
      expect(joinText(events.slice(0, index + 1)) + joinText(rest)).toBe(text);
      expect(eventData(rest, 'done')).toEqual(eventData(events, 'done'));
    }
  });

  it('S2: gives exactly the rest at 200 random cut points, live and after the end, to any number of readers', async () => {
    const text = Array.from({ length: 150 }, (_, index) => `w${index}${index % 7 === 0 ? '\n\n' : ' '}`).join('');
    server.provider.script(() => answer({ text, delayMs: 8 }));
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const whole = visitor.stream(HELPER, { message: 'go' });
    const active = () => visitor.history(HELPER).then(({ active_turn }) => active_turn?.id);
    await expect.poll(active).toBeDefined();
    const turnId = (await active()) ?? '';
    const restAfter = async (offset: number) =>
      joinText(
        await readEvents(
          await visitor.fetch(`${HELPER}/stream?turn=${turnId}`, {
            headers: { 'Last-Event-ID': `${turnId}:${offset}` },
          }),
        ),
      );

    const watch = async (turn: string, onText: (piece: string) => void) => {
      const response = await visitor.fetch(`${HELPER}/stream?turn=${turn}`);
      const parser = createParser({ onEvent: ({ event, data }) => event === 'message' && onText(data) });
      for await (const chunk of response.body ?? []) parser.feed(Buffer.from(chunk as Uint8Array).toString());
    };
    const seen: string[] = [];
    const watching = watch(turnId, (piece) => seen.push(piece));
    const live: Promise<void>[] = [];
    for (let cut = 0; cut < 100; cut += 1) {
      // Somewhere in what has been sent by now: the answer grows while we ask.
      const sent = seen.join('').length;
      const offset = Math.floor(Math.random() * (sent + 1));
      live.push(restAfter(offset).then((rest) => expect(text.slice(0, offset) + rest).toBe(text)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(live);
    await watching;
    expect(joinText(await whole)).toBe(text);
    for (let cut = 0; cut < 100; cut += 1) {
      const offset = Math.floor(Math.random() * (text.length + 1));
      expect(text.slice(0, offset) + (await restAfter(offset))).toBe(text);
    }
  }, 60_000);

  it('does not trust Last-Event-ID (S5)', async () => {
    server.provider.script(() => answer({ text: 'a😀b' }));
    const visitor = createVisitor(server.url);
    const mine = eventData(await visitor.stream(HELPER, { message: 'mine' }), 'turn');
    const foreign = eventData(await createVisitor(server.url).stream(HELPER, { message: 'other' }), 'turn');
    const ask = async (turn: string, id: string) =>
      visitor.fetch(`${HELPER}/stream?turn=${turn}`, { headers: { 'Last-Event-ID': id } });
    for (const id of [
      '-1',
      '0',
      'x'.repeat(8000),
      `${mine.turn_id}:-1`,
      `${mine.turn_id}:5`,
      `${mine.turn_id}:2`,
      `${foreign.turn_id}:0`,
      `${mine.turn_id}:999999999`,
      `${mine.turn_id}:0x1`,
      `${mine.turn_id}:1e1`,
      `${mine.turn_id.toUpperCase()}:1`,
      "'; DROP TABLE messages; --",
    ]) {
      const response = await ask(mine.turn_id, id);
      expect([response.status, ((await response.json()) as ErrorBody).code]).toEqual([422, 'VALIDATION_ERROR']);
    }
    // What no HTTP client would send does not reach the app, and is refused in the same shape.
    for (const header of [`${mine.turn_id}:\0`, 'x'.repeat(20_000), 'x'.repeat(1024 * 1024)]) {
      const reply = await sendBytes(
        server.url,
        `GET ${HELPER}/stream?turn=${mine.turn_id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nLast-Event-ID: ${header}\r\n\r\n`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 422 Unprocessable Entity\r\n/);
      expect(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')))).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
    const unknown = await ask('00000000-0000-4000-8000-000000000000', '');
    const others = await ask(foreign.turn_id, '');
    const bodies = [await unknown.json(), await others.json()] as ErrorBody[];
    expect([unknown.status, others.status]).toEqual([404, 404]);
    expect(bodies.map(({ request_id: _, ...body }) => body)).toEqual([
      { error: 'Not found', detail: 'There is no such answer in this conversation.', code: 'NOT_FOUND' },
      { error: 'Not found', detail: 'There is no such answer in this conversation.', code: 'NOT_FOUND' },
    ]);
  });

  it('stops when asked, closes the provider and keeps and bills what came (S6)', async () => {
    server.provider.script(() => answer({ text: 'a b c d e f g h', delayMs: 400 }));
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const reading = visitor.stream(HELPER, { message: 'long one' });
    const active = () => visitor.history(HELPER).then(({ active_turn }) => active_turn?.id);
    await expect.poll(active).toBeDefined();
    await expect.poll(() => server.provider.requests.at(-1)?.body['messages'] !== undefined).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const turnId = await active();
    const stopped = await visitor.post(`${HELPER}/turns/${turnId}/stop`, {});
    expect(await stopped.json()).toEqual({ turn_id: turnId, status: 'partial' });
    await server.provider.requests.at(-1)?.closed;
    expect(server.provider.requests.at(-1)?.replied).toBe(false);

    const done = eventData(await reading, 'done');
    expect(done).toMatchObject({ finish_reason: 'stopped', status: 'partial', usage: { usage_source: 'estimated' } });
    const history = await visitor.history(HELPER);
    expect(history.messages.at(-1)).toMatchObject({ status: 'partial', metadata: { finish_reason: 'stopped' } });
    const rows = (await server.ledger('acme')).filter((row) => row.turnId === turnId);
    expect(rows).toMatchObject([{ completionStatus: 'partial', usageSource: 'estimated' }]);
  });
});
