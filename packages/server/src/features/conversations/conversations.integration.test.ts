import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ChatReply, ErrorBody, SessionUsage } from '@salient/shared-types';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, FAULTS, httpError } from '../../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import { sendBytes } from '../../../test/send-bytes.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText, readEvents } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const TWIN = '/accounts/acme/agents/twin';
const OTHER = '/accounts/globex/agents/helper';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'acme', agent: 'twin' },
      { account: 'globex', agent: 'helper' },
    ],
  });
});

afterAll(() => server.stop());

describe('a turn', () => {
  it('streams the answer and stores what it streamed', async () => {
    server.provider.script(() => answer({ text: 'Thirty days.' }));
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'How long may I return things?' });

    expect(events.map(({ event }) => event).join(' ')).toMatch(/^turn( message)+ done$/);
    const turn = eventData(events, 'turn');
    const done = eventData(events, 'done');
    expect(done).toMatchObject({ message_id: turn.message_id, status: 'complete', finish_reason: 'stop' });

    const history = await visitor.history(HELPER);
    expect(history).toMatchObject({ session_id: turn.session_id, active_turn: null, next_cursor: null });
    expect(history.messages).toMatchObject([
      { id: turn.user_message_id, role: 'user', content: 'How long may I return things?', status: 'complete' },
      { id: turn.message_id, role: 'assistant', content: 'Thirty days.', status: 'complete' },
    ]);
    expect(joinText(events)).toBe('Thirty days.');
  });

  it('answers whole where no stream is wanted', async () => {
    server.provider.script(() => answer({ text: 'Yes.' }));
    const reply = await createVisitor(server.url).chat(HELPER, { message: 'Really?' });
    expect(reply).toMatchObject({
      message: { role: 'assistant', content: 'Yes.', status: 'complete' },
      user_message: { role: 'user', content: 'Really?' },
      usage: { provider: 'openai_compatible', usage_source: 'provider' },
    });
  });

  it('gives the model the system prompt, the conversation so far and the question, and no more', async () => {
    server.provider.script(() => answer());
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'one' });
    await visitor.chat(HELPER, { message: 'two', context: { page: 'Checkout' } });
    const messages = server.provider.requests.at(-1)?.body['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages.slice(1).map(({ content }) => content)).toEqual(['one', 'You asked: one', 'two']);
    expect(messages[0]?.content).toContain('<page>\n{"page":"Checkout"}\n</page>');
  });

  it('keeps what the visitor has agreed to with the session, with the time, once', async () => {
    server.provider.script(() => answer());
    const visitor = createVisitor(server.url);
    const { session_id } = await visitor.chat(HELPER, { message: 'one', consent: 'We keep this chat for 30 days.' });
    await visitor.chat(HELPER, { message: 'two', consent: 'Something else.' });
    const [session] = await queryAsOwnerOf<{ metadata: { consent: { text: string; given_at: string } } }>(
      server.running.database,
      `SELECT metadata FROM sessions WHERE id = '${session_id}'`,
    );
    expect(session?.metadata.consent.text).toBe('We keep this chat for 30 days.');
    expect(Math.abs(Date.now() - Date.parse(session!.metadata.consent.given_at))).toBeLessThan(120_000);
    const tooLong = await visitor.post(`${HELPER}/chat`, { message: 'three', consent: 'x'.repeat(1001) });
    expect(await tooLong.json()).toMatchObject({
      code: 'VALIDATION_ERROR',
      detail: expect.stringMatching(/^consent: /),
    });
  });

  it('keeps two agents on one page apart, and two visitors, and two accounts', async () => {
    server.provider.script(() => answer());
    const visitor = createVisitor(server.url);
    const replies = [
      await visitor.chat(HELPER, { message: 'to the helper' }),
      await visitor.chat(TWIN, { message: 'to the twin' }),
      await visitor.chat(OTHER, { message: 'to the other account' }),
      await createVisitor(server.url).chat(HELPER, { message: 'from somebody else' }),
    ];
    expect(new Set(replies.map(({ session_id }) => session_id)).size).toBe(4);
    const contents = async (agent: string) => (await visitor.history(agent)).messages.map(({ content }) => content);
    expect(await contents(HELPER)).toEqual(['to the helper', 'You asked: to the helper']);
    expect(await contents(TWIN)).toEqual(['to the twin', 'You asked: to the twin']);
    expect(await contents(OTHER)).toEqual(['to the other account', 'You asked: to the other account']);
  });

  it('pages through a long conversation, oldest first on each page', async () => {
    server.provider.script(() => answer({ text: 'ok' }));
    const visitor = createVisitor(server.url);
    for (const message of ['1', '2', '3']) await visitor.chat(HELPER, { message });
    const page = async (query: string) => {
      const response = await visitor.fetch(`${HELPER}/history?${query}`);
      return (await response.json()) as Awaited<ReturnType<typeof visitor.history>>;
    };
    const newest = await page('limit=4');
    expect(newest.messages.map(({ content }) => content)).toEqual(['2', 'ok', '3', 'ok']);
    const oldest = await page(`limit=4&before=${newest.next_cursor}`);
    expect(oldest.messages.map(({ content }) => content)).toEqual(['1', 'ok']);
    expect(oldest.next_cursor).toBeNull();
  });
});

describe('sending is exactly once (S14)', () => {
  it('asks the model once for 50 sends of one client_message_id, and gives all of them the same answer', async () => {
    server.provider.script(() => answer({ text: 'Only once.', firstWordAfterMs: 200 }));
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'hello' });
    const before = server.provider.requests.length;

    const body = { message: 'the same', client_message_id: 'send-1' };
    const replies = await Promise.all(Array.from({ length: 50 }, () => visitor.chat(HELPER, body)));
    const [first] = replies;
    expect(replies).toEqual(replies.map(() => first));
    expect(server.provider.requests.length - before).toBe(1);
    const history = await visitor.history(HELPER);
    expect(history.messages.filter(({ content }) => content === 'the same')).toHaveLength(1);

    expect(joinText(await visitor.stream(HELPER, body))).toBe('Only once.');
    expect(server.provider.requests.length - before).toBe(1);
  });

  it('refuses another message under the same id, and does not know the id of another agent', async () => {
    server.provider.script(() => answer());
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'first', client_message_id: 'shared' });
    const response = await visitor.post(`${HELPER}/chat`, { message: 'second', client_message_id: 'shared' });
    expect(response.status).toBe(422);
    expect(((await response.json()) as ErrorBody).detail).toBe(
      'client_message_id: was used before with another message.',
    );
    const elsewhere = await visitor.chat(TWIN, { message: 'second', client_message_id: 'shared' });
    expect(elsewhere.message.content).toBe('You asked: second');
  });

  it('has one answer at a time in a session (S15)', async () => {
    const held = holdReply(answer({ text: 'slow answer' }));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const slow = visitor.stream(HELPER, { message: 'first' });
    await expect.poll(async () => (await visitor.history(HELPER)).active_turn).not.toBeNull();
    const second = await visitor.post(`${HELPER}/chat`, { message: 'second' });
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ code: 'TURN_IN_PROGRESS' });
    held.release();
    expect(joinText(await slow)).toBe('slow answer');
  });
});

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
        `GET ${HELPER}/stream?turn=${mine.turn_id} HTTP/1.1\r\nHost: x\r\nLast-Event-ID: ${header}\r\n\r\n`,
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

describe('feedback', () => {
  it("is kept with the answer, changed, taken back, and given only to answers of one's own", async () => {
    server.provider.script(() => answer({ text: 'Thirty days.' }));
    const visitor = createVisitor(server.url);
    const { message, user_message } = await visitor.chat(HELPER, { message: 'How long?' });
    const give = (id: string, body: unknown, by = visitor) => by.post(`${HELPER}/messages/${id}/feedback`, body);
    const kept = async () => (await visitor.history(HELPER)).messages.at(-1)?.feedback;

    const given = { rating: 'down', comment: 'Too short' };
    expect(await (await give(message.id, given)).json()).toEqual({ message_id: message.id, feedback: given });
    expect(await kept()).toEqual(given);
    await give(message.id, { rating: 'up' });
    expect(await kept()).toEqual({ rating: 'up' });
    await give(message.id, { rating: null });
    expect(await kept()).toBeUndefined();

    const stranger = createVisitor(server.url);
    await stranger.history(HELPER);
    const refused = [
      await give(message.id, { rating: 'up' }, stranger),
      await give(user_message.id, { rating: 'up' }),
      await give(message.id, { rating: 'best' }),
      await give(message.id, {}),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 422, 422]);
    expect(await kept()).toBeUndefined();
  });
});

describe('what comes back is what was said (R9)', () => {
  it('stores and returns every naughty string code point for code point', async () => {
    const strings = JSON.parse(
      readFileSync(path.join(projectDirectory, 'packages/shared-types/fixtures/blns/blns.json'), 'utf8'),
    ) as string[];
    const sendable = strings.filter((text) => text.trim() !== '' && text.isWellFormed());
    expect(sendable.length).toBe(480);
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const byAgent = [HELPER, TWIN, OTHER];
    server.provider.script((request) => {
      const { messages } = request.body as { messages: { content: string }[] };
      return answer({ text: messages.at(-1)?.content ?? '' });
    });
    await Promise.all(
      byAgent.map(async (agent, position) => {
        for (const text of sendable.filter((_, index) => index % byAgent.length === position)) {
          const events = await visitor.stream(agent, { message: text });
          const stored = await visitor.fetch(`${agent}/history?limit=2`);
          const { messages } = (await stored.json()) as { messages: { content: string }[] };
          const kept = text.replaceAll('\0', '').replace(/\r\n?/g, '\n');
          expect(messages.map(({ content }) => content)).toEqual([kept, kept]);
          expect(joinText(events)).toBe(kept);
        }
      }),
    );
  }, 120_000);
});

describe('a provider that fails', () => {
  it('ends the stream with a typed error, then done, and says nothing of its own', async () => {
    server.provider.script(() => httpError(401));
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'will fail' });
    expect(events.map(({ event }) => event)).toEqual(['turn', 'error', 'done']);
    expect(eventData(events, 'error')).toMatchObject({ code: 'UPSTREAM_ERROR', retryable: true });
    expect(eventData(events, 'done')).toMatchObject({ status: 'error', finish_reason: 'error' });
    expect(JSON.stringify(events)).not.toContain('bad key');

    const response = await createVisitor(server.url).post(`${HELPER}/chat`, { message: 'will fail' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'UPSTREAM_ERROR' });
  });

  it('keeps the text that came before the fault, marked partial (S11)', async () => {
    server.provider.script(() => FAULTS['error-object']);
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'half' });
    expect(joinText(events)).toBe('One two');
    expect(eventData(events, 'done')).toMatchObject({ status: 'partial', finish_reason: 'error' });
    const history = await visitor.history(HELPER);
    expect(history.messages.at(-1)).toMatchObject({ content: 'One two', status: 'partial' });
  });

  it('asks again while nothing has been said, and enters every attempt in the ledger', async () => {
    let calls = 0;
    server.provider.script(() => {
      calls += 1;
      return calls === 1 ? httpError(503) : answer({ text: 'Second time lucky.' });
    });
    const visitor = createVisitor(server.url);
    const reply = await visitor.chat(TWIN, { message: 'try' });
    expect(reply.message.content).toBe('Second time lucky.');
    const rows = (await server.ledger('acme')).filter((row) => row.sessionId === reply.session_id);
    expect(rows.map((row) => row.completionStatus).toSorted()).toEqual(['complete', 'error']);
  });
});

describe('cost', () => {
  it('attributes 3 agents x 4 prompts: 3 sessions, 24 messages, 12 ledger rows, and the bills add up', async () => {
    const own = await startTestServer({
      agents: [
        { account: 'acme', agent: 'one' },
        { account: 'acme', agent: 'two' },
        { account: 'globex', agent: 'one' },
      ],
    });
    try {
      own.provider.script(() =>
        answer({ text: 'The answer.', usage: { prompt_tokens: 1234, completion_tokens: 77, cost: 0.00012345 } }),
      );
      const visitor = createVisitor(own.url);
      const agents = ['/accounts/acme/agents/one', '/accounts/acme/agents/two', '/accounts/globex/agents/one'];
      const replies: ChatReply[] = [];
      for (const agent of agents) {
        for (const message of ['a', 'b', 'c', 'd']) replies.push(await visitor.chat(agent, { message }));
      }
      expect(new Set(replies.map(({ session_id }) => session_id)).size).toBe(3);
      const histories = await Promise.all(agents.map((agent) => visitor.history(agent)));
      expect(histories.flatMap(({ messages }) => messages)).toHaveLength(24);

      const acme = await own.ledger('acme');
      const globex = await own.ledger('globex');
      expect([acme.length, globex.length]).toEqual([8, 4]);
      for (const row of [...acme, ...globex]) {
        expect(row).toMatchObject({
          agentType: 'simple_chat',
          completionStatus: 'complete',
          provider: 'openai_compatible',
          promptTokens: 1234,
          completionTokens: 77,
          costSource: 'provider',
          usageSource: 'provider',
        });
        expect(row.totalCost?.toFixed(8)).toBe('0.00012345');
      }
      expect(acme.map((row) => row.agentInstanceSlug).toSorted()).toEqual([
        ...Array(4).fill('one'),
        ...Array(4).fill('two'),
      ]);

      const [bill] = await own.running.database.asWorker(
        (tx) => tx.$queryRaw<[{ total: string }]>`SELECT sum(total_cost)::text AS total FROM llm_requests`,
      );
      expect(bill.total).toBe('0.00148140');
      const usage = await visitor.fetch(`/api/session/${replies[0]?.session_id}/usage`);
      expect((await usage.json()) as SessionUsage).toEqual({
        session_id: replies[0]?.session_id,
        requests: 4,
        prompt_tokens: 4936,
        completion_tokens: 308,
        total_tokens: 5244,
        total_cost: '0.00049380',
        unpriced_requests: 0,
      });
    } finally {
      await own.stop();
    }
  });
});

describe('the log (A5)', () => {
  it('has a line for each request and model call, and not a word of what was said', async () => {
    server.provider.script(() => answer({ text: 'canary-answer' }));
    const visitor = createVisitor(server.url, 'https://canary-origin.example');
    await visitor.chat(HELPER, { message: 'canary-question', context: { note: 'canary-context' } });
    await visitor.fetch(`${HELPER}/stream?message=canary-in-address`).then((response) => response.text());
    server.provider.script(() => httpError(500));
    await visitor.post(`${HELPER}/chat`, { message: 'canary-failing' });
    await visitor.post(`${HELPER}/chat`, { message: '' });
    const logs = server.logs();
    expect(logs).not.toMatch(/canary/);
    expect(logs).not.toContain(visitor.cookie()?.split('=')[1]);
    expect(logs).not.toContain('127.0.0.1');
    const lines = logs
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.findLast(({ msg }) => msg === 'model call')).toMatchObject({
      account: 'acme',
      agent: 'helper',
      provider: 'openai_compatible',
    });
    expect(lines.find(({ msg, route }) => msg === 'request' && String(route).endsWith('/chat'))).toMatchObject({
      method: 'POST',
      status: 200,
      account: 'acme',
      agent: 'helper',
      turn_id: expect.any(String) as string,
      request_id: expect.any(String) as string,
      duration_ms: expect.any(Number) as number,
    });
  });

  it('is as silent when the database refuses a text, and about tokens, e-mail and what a provider says', async () => {
    server.provider.script((request) => {
      // Stored as an answer, it breaks the rule below; said as an error, it quotes key and prompt.
      return JSON.stringify(request.body).includes('to-be-answered')
        ? answer({ text: 'canary-refused' })
        : httpError(400);
    });
    const database = server.running.database;
    await queryAsOwnerOf(
      database,
      `ALTER TABLE messages ADD CONSTRAINT canary_free CHECK (content NOT LIKE '%canary-refused%') NOT VALID`,
    );
    try {
      const visitor = createVisitor(server.url);
      const refused = await visitor.post(`${HELPER}/chat`, { message: 'canary-refused canary@example.com' });
      expect(refused.status).toBe(500);
      expect(await refused.text()).not.toContain('canary');
      const { token } = (await (await visitor.post(`${TWIN}/session/token`, {})).json()) as { token: string };
      const headers = { Authorization: `Bearer ${token}` };
      await createVisitor(server.url).post(`${TWIN}/chat`, { message: 'canary@example.com' }, headers);
      const comment = { rating: 'up', comment: 'canary-comment' };
      await visitor.post(`${TWIN}/messages/00000000-0000-4000-8000-000000000000/feedback`, comment);
      // Its answer cannot be stored: the visitor has read it, whoever takes the turn over ends it.
      const events = await visitor.stream(HELPER, { message: 'to-be-answered' });
      expect(joinText(events)).toBe('canary-refused');
      expect(server.logs()).toContain('answer could not be stored');
      expect(server.logs().replaceAll('canary_free', '')).not.toMatch(/canary/);
      expect(server.logs()).not.toContain(token);
    } finally {
      await queryAsOwnerOf(database, 'ALTER TABLE messages DROP CONSTRAINT canary_free');
    }
  });
});
