import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, httpError } from '../test/fake-provider-replies.ts';
import { queryAsOwnerOf } from '../test/owner-access.ts';
import type { TestServer } from '../test/start-test-server.ts';
import { HELPER, startTwoAgents, TWIN } from '../test/two-agents.ts';
import { createVisitor, joinText } from '../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTwoAgents();
});

afterAll(() => server.stop());

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
