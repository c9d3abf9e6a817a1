import type { ErrorBody } from '@salient/shared-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { holdReply } from '../../../test/held-reply.ts';
import type { TestServer } from '../../../test/start-test-server.ts';
import { HELPER, startTwoAgents, TWIN } from '../../../test/two-agents.ts';
import { createVisitor, joinText } from '../../../test/visitor.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTwoAgents();
});

afterAll(() => server.stop());

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
