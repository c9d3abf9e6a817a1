import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../../test/fake-provider.ts';
import { answer, stream } from '../../../test/fake-provider-replies.ts';
import { holdReply } from '../../../test/held-reply.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, eventData, joinText, readEvents } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';
const FIRST = '/accounts/default_account/agents/first';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    agents: [
      { account: 'acme', agent: 'helper' },
      { account: 'default_account', agent: 'first' },
      { account: 'default_account', agent: 'second', config: { agent_type: 'sales' } },
    ],
  });
});

afterAll(() => server.stop());

/** Both ways to ask for a stream. */
const FORMS: [form: string, ask: (agentPath: string, message: string) => [path: string, init: RequestInit]][] = [
  ['GET', (agentPath, message) => [`${agentPath}/stream?message=${encodeURIComponent(message)}`, {}]],
  [
    'POST',
    (agentPath, message) => [
      `${agentPath}/stream`,
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ message }) },
    ],
  ],
];

/** Says exactly these pieces, one delta each. */
function sayPieces(pieces: readonly string[]): Reply {
  return stream([
    ...pieces.map((content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
    '[DONE]',
  ]);
}

describe.each(FORMS)('a stream by %s', (_form, ask) => {
  it('has the headers that keep it a stream on its way, and they and the first event come before the model answers', async () => {
    const held = holdReply(answer({ text: 'At last.' }));
    server.provider.script(() => held.reply);
    const [path, init] = ask(HELPER, 'hi');
    const headers = new Headers(init.headers);
    headers.set('Accept-Encoding', 'gzip, br, zstd');
    const response = await createVisitor(server.url).fetch(path, { ...init, headers });

    expect(response.status).toBe(200);
    const {
      'x-request-id': requestId,
      'set-cookie': cookie,
      date: _date,
      ...seen
    } = Object.fromEntries(response.headers);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(cookie).toMatch(/^salient_session=/);
    expect(seen).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(seen).not.toHaveProperty('content-encoding');
    expect(seen).not.toHaveProperty('content-length');

    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
      // The model has said nothing yet, so only what left before it can have come.
      if (events.length === 1) held.release();
    }
    expect(kindsOf(events)).toEqual(['turn', 'message', 'done']);
    expect(joinText(events)).toBe('At last.');
  });

  it('names every place in it by an id of its own', async () => {
    server.provider.script(() => answer({ text: 'one two three' }));
    const [path, init] = ask(HELPER, 'hi');
    const events = await readEvents(await createVisitor(server.url).fetch(path, init));
    const ids = events.map(({ id }) => id);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(events.length);
  });
});

describe('text that is hard for server-sent events', () => {
  const family = '👩‍👩‍👧‍👦';
  it.each<[name: string, pieces: string[]]>([
    ['leading spaces', ['  two', '   three', ' ', '  ']],
    ['blank lines', ['a\n', '\n', '\n\nb']],
    ['line ends only', ['\n', '\n\n']],
    ['a line end at the end', ['a', '\n']],
    ['many line ends at the end', ['a\n\n\n\n']],
    ['a lone CR', ['a\rb\r', 'c']],
    ['a CR at the very end', ['a\r']],
    ['CRLF', ['a\r\nb\r\n\r\nc']],
    ['CRLF split over two pieces', ['a\r', '\nb\r', '\n', '\r', '\rc']],
    ['fields of the protocol', ['data: x\n', 'event: done\ndata: {}\n\n', 'id: 7\n', ': comment\n', 'retry: 1\n']],
    ['an end of the event inside', ['x\n\nevent: done\ndata: {"status":"complete"}\n\n']],
    ['a byte order mark', ['\u{feff}', 'a\u{feff}', '\n\u{feff}b']],
    ['colons and nothing else', [':', '::', ' :']],
    ['NUL', ['a\0b', '\0', '\0\0c']],
    ['the other line separators', ['a\u{2028}b\u{2029}c\u{85}d\vf\fg']],
    ['emoji split in half', ['a\ud83d', '\ude00b', '\ud83d', '\ude00']],
    ['a family split everywhere', [...Array(family.length).keys()].map((at) => family[at] ?? '')],
    ['half an emoji and no more', ['a\ud83d', 'b', '\ude00', 'c\ud83d']],
    ['text from right to left and combining', ['שלום ', 'مرحبا ', 'e\u{301}', '\u{200d}', '\u{202e}x']],
    ['tabs and no-break spaces', ['\ta\t', '\u{a0}', '\u{3000} ']],
    ['a line of 100,000 characters', ['x'.repeat(50_000), 'é'.repeat(50_000)]],
  ])('%s: every reader gets what is stored', async (_name, pieces) => {
    server.provider.script(() => sayPieces(pieces));
    const visitor = createVisitor(server.url);
    const events = await visitor.stream(HELPER, { message: 'go' });
    const expected = pieces.join('').replaceAll('\0', '').replace(/\r\n?/g, '\n').toWellFormed();
    expect(joinText(events)).toBe(expected);
    expect(eventData(events, 'done')).toMatchObject({ status: 'complete', finish_reason: 'stop' });
    expect((await visitor.history(HELPER)).messages.at(-1)?.content).toBe(expected);

    const { turn_id: turnId } = eventData(events, 'turn');
    const again = await readEvents(await visitor.fetch(`${HELPER}/stream?turn=${turnId}`));
    expect(joinText(again)).toBe(expected);
    expect((await visitor.chat(HELPER, { message: 'again' })).message.content).toBe(expected);
  });

  it('any text, cut anywhere', async () => {
    const hardText = fc.string({
      unit: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('\n', '\r', '\r\n', ' ', ':', 'data:', '\u{feff}', '😀', 'é', '\0') },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
      ),
      minLength: 1,
      maxLength: 60,
    });
    const visitor = createVisitor(server.url);
    await fc.assert(
      fc.asyncProperty(hardText, fc.array(fc.nat(120), { maxLength: 12 }), async (text, cuts) => {
        const bounds = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
        const pieces = bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
        const expected = text.replaceAll('\0', '').replace(/\r\n?/g, '\n').toWellFormed();
        fc.pre(expected !== '');
        server.provider.script(() => sayPieces(pieces.filter((piece) => piece !== '')));
        const events = await visitor.stream(HELPER, { message: 'go' });
        expect(joinText(events)).toBe(expected);
        const { messages } = (await (await visitor.fetch(`${HELPER}/history?limit=1`)).json()) as {
          messages: { content: string }[];
        };
        expect(messages.map(({ content }) => content)).toEqual([expected]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('the older addresses', () => {
  it('behave like the new ones: one conversation, whichever is used', async () => {
    server.provider.script(() => answer({ text: 'Same as ever.' }));
    const visitor = createVisitor(server.url);
    const { session_id: sessionId } = await visitor.chat(FIRST, { message: 'by the new address' });

    for (const path of ['/chat', '/accounts/default_account/chat/simple_chat/first']) {
      const reply = await visitor.post(path, { message: `by ${path}` });
      expect(reply.status).toBe(200);
      expect(await reply.json()).toMatchObject({ session_id: sessionId, message: { content: 'Same as ever.' } });
    }
    for (const ask of [
      () => visitor.fetch('/events/stream?message=by+the+oldest+stream'),
      () => visitor.fetch('/accounts/default_account/agents/simple_chat/first/stream?message=by+GET'),
      () => visitor.post('/accounts/default_account/agents/simple_chat/first/stream', { message: 'by POST' }),
    ]) {
      const response = await ask();
      expect(response.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
      const events = await readEvents(response);
      expect(kindsOf(events)).toEqual(['turn', 'message', 'done']);
      expect(joinText(events)).toBe('Same as ever.');
      const { turn_id: turnId, session_id } = eventData(events, 'turn');
      expect(session_id).toBe(sessionId);
      const rejoined = await visitor.fetch(`/events/stream?turn=${turnId}`, {
        headers: { 'Last-Event-ID': events[1]?.id ?? '' },
      });
      expect(joinText(await readEvents(rejoined))).toBe('Same as ever.'.slice(events[1]?.data.length));
    }
    const history = await visitor.history(FIRST);
    const questions = history.messages.filter(({ role }) => role === 'user');
    expect(questions.map(({ content }) => content)).toEqual([
      'by the new address',
      'by /chat',
      'by /accounts/default_account/chat/simple_chat/first',
      'by the oldest stream',
      'by GET',
      'by POST',
    ]);
  });

  it('ask the model once for one client_message_id, across addresses', async () => {
    server.provider.script(() => answer({ text: 'Once.' }));
    const visitor = createVisitor(server.url);
    await visitor.history(FIRST);
    const before = server.provider.requests.length;
    const query = 'message=hi&client_message_id=everywhere';
    const texts = [
      joinText(await readEvents(await visitor.fetch(`/events/stream?${query}`))),
      joinText(await readEvents(await visitor.fetch(`${FIRST}/stream?${query}`))),
      (await visitor.chat(FIRST, { message: 'hi', client_message_id: 'everywhere' })).message.content,
    ];
    expect(texts).toEqual(['Once.', 'Once.', 'Once.']);
    expect(server.provider.requests.length - before).toBe(1);
  });

  it('must name the type the agent has', async () => {
    const visitor = createVisitor(server.url);
    const before = server.provider.requests.length;
    for (const response of [
      await visitor.post('/accounts/default_account/chat/sales/first', { message: 'hi' }),
      await visitor.post('/accounts/default_account/agents/simple_chat/second/stream', { message: 'hi' }),
      await visitor.fetch('/accounts/default_account/agents/rag/second/stream?message=hi'),
    ]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    }
    expect(server.provider.requests.length).toBe(before);
    expect((await visitor.post('/accounts/default_account/chat/sales/second', { message: 'hi' })).status).toBe(200);
  });
});

/** The order of a stream. How many pieces the text comes in depends on how busy the machine is. */
function kindsOf(events: readonly EventSourceMessage[]): (string | undefined)[] {
  return events.map(({ event }) => event).filter((kind, index, kinds) => kind !== kinds[index - 1]);
}
