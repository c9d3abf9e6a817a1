import type { ErrorBody } from '@salient/shared-types';
import { describe, expect, it } from 'vitest';
import { answer } from '../../test/fake-provider-replies.ts';
import { holdReply } from '../../test/held-reply.ts';
import { startTestServer } from '../../test/start-test-server.ts';
import { queryAsOwner } from '../../test/test-database.ts';
import { createVisitor, eventData, joinText, readEvents } from '../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

describe('GET /health and /ready', () => {
  it('say that the process lives and takes work', async () => {
    const server = await startTestServer();
    try {
      for (const [path, status] of [
        ['/health', 'ok'],
        ['/ready', 'ready'],
      ] as const) {
        const response = await fetch(new URL(path, server.url));
        expect([response.status, await response.json()]).toEqual([200, { status }]);
        expect(response.headers.get('Cache-Control')).toBe('no-store');
        expect((await fetch(new URL(path, server.url), { method: 'HEAD' })).status).toBe(200);
      }
    } finally {
      await server.stop();
    }
  });

  it('tell a lost database from a lost process', async () => {
    const server = await startTestServer();
    await server.running.database.close();
    const live = await fetch(new URL('/health', server.url));
    expect(live.status).toBe(200);

    const ready = await fetch(new URL('/ready', server.url));
    const body = (await ready.json()) as ErrorBody;
    expect([ready.status, ready.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(body).toEqual({
      error: 'Not ready',
      detail: 'The database cannot be reached.',
      code: 'NOT_READY',
      request_id: ready.headers.get('X-Request-ID'),
    });

    // There is nothing left to close, and closing says so once everything else has been stopped.
    await expect(server.running.stop()).rejects.toThrow();
    await server.remove();
  });
});

describe('a server asked to stop', () => {
  it('lets a running answer end, stores it, and takes no new work', async () => {
    const server = await startTestServer();
    const held = holdReply(answer({ text: 'The end.' }));
    server.provider.script(() => held.reply);
    const visitor = createVisitor(server.url);
    await visitor.history(HELPER);

    const running = await visitor.post(`${HELPER}/stream`, { message: 'one more' });
    await expect.poll(() => server.provider.requests).toHaveLength(1);

    const stopped = server.running.stop();
    const stranger = createVisitor(server.url);
    for (const refused of [
      await fetch(new URL('/ready', server.url)),
      await stranger.post(`${HELPER}/chat`, { message: 'too late' }),
      await stranger.post(`${HELPER}/stream`, { message: 'too late' }),
      await stranger.fetch(`${HELPER}/stream?message=too+late`),
    ]) {
      expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
      expect(await refused.json()).toMatchObject({ error: 'Not ready', code: 'NOT_READY' });
    }
    expect((await fetch(new URL('/health', server.url))).status).toBe(200);

    held.release();
    const events = await readEvents(running);
    expect(joinText(events)).toBe('The end.');
    expect(eventData(events, 'done').status).toBe('complete');
    await stopped;
    await expect(fetch(new URL('/health', server.url))).rejects.toThrow('fetch failed');
    expect(server.provider.requests).toHaveLength(1);

    const stored = await queryAsOwner<{ content: string; status: string }>(
      server.database,
      'SELECT content, status FROM messages ORDER BY position',
    );
    expect(stored).toEqual([
      { content: 'one more', status: 'complete' },
      { content: 'The end.', status: 'complete' },
    ]);
    await server.remove();
  });
});
