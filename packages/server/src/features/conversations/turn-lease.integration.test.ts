import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { estimatePromptTokens } from '../usage/index.ts';
import { createVisitor } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

describe('a turn whose process is gone (S7, M3)', () => {
  it('keeps the text that was shown, in the row, while the answer is under way', async () => {
    server.provider.script(() => answer({ text: 'one two three four', delayMs: 700 }));
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);
    const reading = visitor.stream(HELPER, { message: 'slowly' });
    await expect
      .poll(
        () =>
          server.running.database.asWorker((tx) =>
            tx.message.findFirst({ where: { status: 'pending' }, select: { content: true } }),
          ),
        { timeout: 10_000 },
      )
      .toMatchObject({ content: expect.stringMatching(/^one two/) as string });
    await reading;
  });

  it('keeps the count of the prompt that was sent, history and all, for whoever bills it', async () => {
    server.provider.script(() => answer({ text: 'A long answer that will be history. '.repeat(20) }));
    const visitor = createVisitor(server.url);
    await visitor.chat(HELPER, { message: 'Tell me a lot.' });
    server.provider.script(() => answer({ text: 'one two three four', delayMs: 700 }));
    const reading = visitor.stream(HELPER, { message: 'slowly' });
    const keptCount = async () => {
      const pending = await server.running.database.asWorker((tx) =>
        tx.message.findFirst({ where: { status: 'pending' }, select: { metadata: true } }),
      );
      return (pending?.metadata as { call?: { promptTokens: number } } | undefined)?.call?.promptTokens;
    };
    await expect.poll(async () => server.provider.requests.filter(({ closedAt }) => closedAt === null)).toHaveLength(1);
    const messages = server.provider.requests.at(-1)?.body['messages'] as { content: string }[];
    expect(messages.length).toBeGreaterThan(2);
    await expect.poll(keptCount).toBe(estimatePromptTokens(messages));
    await reading;
  });

  it('is ended as partial by any process that notices, and billed once', async () => {
    server.provider.script(() => answer({ text: 'unused' }));
    const visitor = createVisitor(server.url);
    const { session_id } = await visitor.chat(HELPER, { message: 'before' });
    const lost = await loseTurn(session_id, 'Half an ans');

    await expect
      .poll(async () => (await visitor.history(HELPER)).messages.at(-1), { timeout: 15_000 })
      .toMatchObject({ content: 'Half an ans', status: 'partial', metadata: { finish_reason: 'error' } });
    const rows = (await server.ledger('acme')).filter(({ turnId }) => turnId === lost.turnId);
    expect(rows).toMatchObject([
      {
        id: lost.requestId,
        completionStatus: 'partial',
        usageSource: 'estimated',
        promptTokens: 12,
        completionTokens: 3,
      },
    ]);
    // The conversation goes on.
    const next = await visitor.chat(HELPER, { message: 'after' });
    expect(next.message.status).toBe('complete');
  });

  /** What a killed process leaves behind: a pending answer with some text and a lease that has run out. */
  async function loseTurn(sessionId: string, content: string): Promise<{ turnId: string; requestId: string }> {
    const [turnId, requestId] = [randomUUID(), randomUUID()];
    await server.running.database.withAccountSlug('acme', async (tx, account) => {
      const session = await tx.session.findUniqueOrThrow({ where: { id: sessionId } });
      const common = { accountId: account.id, sessionId, agentInstanceId: session.agentInstanceId ?? '', turnId };
      await tx.message.create({ data: { ...common, role: 'user', content: 'the question' } });
      await tx.message.create({
        data: {
          ...common,
          role: 'assistant',
          content,
          status: 'pending',
          leaseOwner: randomUUID(),
          leaseExpiresAt: new Date(Date.now() - 1000),
          metadata: {
            call: {
              requestId,
              provider: 'openai_compatible',
              model: 'echo',
              startedAt: new Date().toISOString(),
              promptTokens: 12,
            },
          },
        },
      });
    });
    return { turnId, requestId };
  }
});
