import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from './cluster.ts';
import { openStream } from './open-stream.ts';
import { createVisitor, eventData } from './visitor.ts';
import { wordText } from './word-text.ts';

const LONG = '/accounts/acme/agents/long';
/** Close to the longest answer that is taken from a provider. */
const WORDS = 800;
const WORD_LENGTH = 1_000;
const longText = wordText(WORDS, WORD_LENGTH);
const SLOW_READERS = 1_000;
const MEBIBYTE = 1024 * 1024;

let cluster: Cluster;

afterEach(() => cluster.close());

/** What the process holds in memory. Small systems have no `ps`, and only Linux has the file. */
function residentBytes(pid: number): number {
  const file = `/proc/${pid}/status`;
  const [, kilobytes] = (existsSync(file) && /VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))) || [];
  if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

describe('a thousand readers that do not read (S13)', () => {
  it('cost a process little, do not hold up one that reads, and get the exact rest later', async () => {
    cluster = await createCluster({
      models: { 'acme/long': `words:count=${WORDS},length=${WORD_LENGTH},delay=2,first=3000` },
    });
    const server = await cluster.start();
    const visitor = createVisitor(server.url);
    await visitor.history(LONG);
    const fast = await openStream(server.url, visitor, { path: `${LONG}/stream`, body: { message: 'go' } });
    const { turn_id: turnId } = await fast.turn();
    const slow = await Promise.all(
      Array.from({ length: SLOW_READERS }, async () => {
        const reading = await openStream(server.url, visitor, { path: `${LONG}/stream?turn=${turnId}` });
        reading.pause();
        return reading;
      }),
    );
    const before = residentBytes(server.pid);
    await fast.over;
    const grownBytes = residentBytes(server.pid) - before;
    expect(fast.text()).toBe(longText);
    expect(eventData(fast.events, 'done')).toMatchObject({ status: 'complete' });
    // Copies of the answer for all of them would be more than 700 MiB. A piece or two for each, and garbage, is not.
    expect(grownBytes).toBeLessThan(256 * MEBIBYTE);

    const [first] = slow;
    const lastId = first?.lastId() ?? '';
    const had = first?.text() ?? '';
    first?.leave('RST');
    const rest = await openStream(server.url, visitor, {
      path: `${LONG}/stream?turn=${turnId}`,
      headers: { 'Last-Event-ID': lastId },
    });
    await rest.over;
    expect(had + rest.text()).toBe(longText);
    for (const reading of slow) reading.leave('RST');
  });
});
