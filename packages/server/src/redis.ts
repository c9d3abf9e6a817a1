import { createClient } from '@redis/client';
import type { Logger } from './log.ts';

/** How long a start waits for Redis before it goes on without. */
const START_MS = 3_000;
const LONGEST_RETRY_MS = 2_000;
const PING_MS = 2_000;
/** A server that does not even answer pings for so long is taken for gone. */
const SILENCE_MS = 6_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

/** The connection to Redis. It comes back by itself after every loss; meanwhile commands fail at once. */
export interface Redis {
  readonly client: RedisClient;
  close(): void;
}

/**
 * Connects to Redis, which is wanted but never needed: without it the server works through the database alone. Each loss
 * and each return is one log line.
 */
export async function openRedis(url: string, log: Logger): Promise<Redis> {
  const client = createRedisClient(url);
  let isLost = false;
  const lose = (error: unknown): void => {
    if (isLost) return;
    isLost = true;
    log.warn({ err: error }, 'REDIS_URL: Redis does not answer; going on without it until it does');
  };
  client.on('error', lose);
  client.on('ready', () => {
    if (isLost) log.info('Redis answers again');
    isLost = false;
  });

  const timer = new AbortController();
  // It goes on trying after this wait. `connect` rejects only when it is closed meanwhile.
  await Promise.race([client.connect().catch(lose), waitFor(START_MS, timer.signal)]);
  timer.abort();
  if (!client.isReady) lose(new Error(`no connection within ${START_MS} ms`));
  return {
    client,
    close() {
      isLost = true;
      client.destroy();
    },
  };
}

/** Not connected yet. Without a connection its commands fail at once. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    // Every Redis and its relatives speak it.
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: START_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, LONGEST_RETRY_MS) * (0.5 + Math.random() / 2),
    },
  });
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
