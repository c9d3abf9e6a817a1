import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../../../test/owner-access.ts';
import { projectDirectory } from '../../../test/project-directory.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { HELPER, startTwoAgents, TWIN } from '../../../test/two-agents.ts';
import { createVisitor, eventData, joinText } from '../../../test/visitor.ts';

const OTHER = '/accounts/globex/agents/helper';

let server: TestServer;

beforeAll(async () => {
  server = await startTwoAgents({ account: 'globex', agent: 'helper' });
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
