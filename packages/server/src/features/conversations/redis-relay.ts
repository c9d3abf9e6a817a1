import type { ToolEvent } from '@salient/shared-types';
import type { Logger } from '../../log.ts';
import type { RedisClient } from '../../redis.ts';
import { createTurnOutbox, type OutboxEntry, type TurnOutbox } from './turn-outbox.ts';
import type { RelayListener, TurnRelay } from './turn-relay.ts';

/** Pieces travel together, those of all turns in one round trip. A busier process makes fewer trips with more in them. */
const TICK_MS = 25;
const TICK_MS_PER_TURN = 0.1;
const LONGEST_TICK_MS = 200;
/** While Redis does not answer. */
const RETRY_MS = 500;
const CLOSE_MS = 500;

/** A stream outlives its last word by so long, also when its process is killed. */
const KEEP_SECONDS = 120;
const RENEW_MS = 20_000;
const ENTRIES_AT_ONCE = 1_000;
const FORGOTTEN_AT_ONCE = 500;

const TURN_KEY = 'salient:turn:';
const STOPS_KEY = 'salient:stops';
const STOPS_KEPT = 1_000;

/** A turn of this process's own that others may read. */
interface Publication {
  outbox: TurnOutbox;
  /** 0: there is no stream of it yet. */
  renewedAt: number;
}

/** A turn of another process that somebody reads here. */
interface Subscription {
  lastId: string;
  listener: RelayListener;
}

export interface RedisRelayOptions {
  client: RedisClient;
  log: Logger;
  /** Stops a turn, if this process answers it. */
  stop: (accountId: string, turnId: string) => void;
}

/**
 * Live turns over Redis Streams, one a turn, with the entries `{from, text}`, `{from, tool}` and `{end}`. Each process
 * writes the turns it answers, and reads those that somebody follows here. With neither it sends nothing.
 */
export function createRedisRelay({ client, log, stop }: RedisRelayOptions): TurnRelay {
  const publications = new Map<string, Publication>();
  const subscriptions = new Map<string, Subscription>();
  let lastStopId = '0-0';
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | null = null;
  let isFailing = false;
  let isClosed = false;

  return {
    publish(turn) {
      publications.set(turn.ids.turn_id, { outbox: createTurnOutbox(turn), renewedAt: 0 });
      schedule();
    },
    subscribe(turnId, listener) {
      const subscription = { lastId: '0-0', listener };
      subscriptions.set(turnId, subscription);
      schedule();
      return () => {
        if (subscriptions.get(turnId) === subscription) subscriptions.delete(turnId);
      };
    },
    async requestStop(accountId, turnId) {
      const trim = { strategy: 'MAXLEN', strategyModifier: '~', threshold: STOPS_KEPT } as const;
      const added = client.xAdd(STOPS_KEY, '*', { accountId, turnId }, { TRIM: trim });
      await Promise.all([added, client.expire(STOPS_KEY, KEEP_SECONDS)]).catch(noteFailure);
    },
    async textOf(turnId) {
      const entries = await client.xRange(TURN_KEY + turnId, '-', '+').catch(noteFailure);
      return joinText((entries ?? []).map(({ message }) => message));
    },
    async forget(turnIds) {
      let forgotten = 0;
      for (let from = 0; from < turnIds.length; from += FORGOTTEN_AT_ONCE) {
        const keys = turnIds.slice(from, from + FORGOTTEN_AT_ONCE).map((turnId) => TURN_KEY + turnId);
        const deleted = await client.unlink(keys).catch(noteFailure);
        if (deleted === undefined) return null;
        forgotten += deleted;
      }
      return forgotten;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      const lastTick = (ticking ?? Promise.resolve()).then(send).catch(noteFailure);
      await Promise.race([lastTick, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };

  function schedule(): void {
    if (isClosed || timer || ticking || publications.size + subscriptions.size === 0) return;
    const tickMs = Math.min(TICK_MS + publications.size * TICK_MS_PER_TURN, LONGEST_TICK_MS);
    timer = setTimeout(
      () => {
        timer = undefined;
        ticking = tick();
      },
      isFailing ? RETRY_MS : tickMs,
    );
  }

  /** One round trip. The next one waits for it, so a slow Redis gets larger pieces and not a longer queue. */
  async function tick(): Promise<void> {
    try {
      await Promise.all([send(), receive()]);
      isFailing = false;
    } catch (error) {
      noteFailure(error);
      for (const [turnId, publication] of publications) {
        publication.renewedAt = 0;
        if (publication.outbox.hasEnded) publications.delete(turnId);
        else publication.outbox.rewind();
      }
    }
    ticking = null;
    schedule();
  }

  async function send(): Promise<void> {
    const now = performance.now();
    await Promise.all(
      [...publications].map(async ([turnId, publication]) => {
        const { outbox } = publication;
        const isLast = outbox.hasEnded;
        const entries = outbox.take();
        if (entries.length === 0) return;
        const key = TURN_KEY + turnId;
        const isNew = publication.renewedAt === 0;
        const renewal = isNew || isLast || now - publication.renewedAt > RENEW_MS ? now : publication.renewedAt;
        const added = entries.map((entry) =>
          isNew ? client.xAdd(key, '*', entry) : client.xAddNoMkStream(key, '*', entry),
        );
        await Promise.all([...added, renewal === now && client.expire(key, KEEP_SECONDS)]);
        publication.renewedAt = renewal;
        // A stream that is gone was forgotten. Readers elsewhere have the row, as long as it is there.
        if (isLast || (await added.at(-1)) === null) publications.delete(turnId);
      }),
    );
  }

  async function receive(): Promise<void> {
    const wanted = [...subscriptions].map(([turnId, { lastId }]) => ({ key: TURN_KEY + turnId, id: lastId }));
    const streams = await client.xRead([{ key: STOPS_KEY, id: lastStopId }, ...wanted], { COUNT: ENTRIES_AT_ONCE });
    for (const { name, messages } of streams ?? []) {
      for (const { id, message } of messages) {
        if (name === STOPS_KEY) {
          lastStopId = id;
          stop(message['accountId'] ?? '', message['turnId'] ?? '');
        } else {
          const subscription = subscriptions.get(name.slice(TURN_KEY.length));
          if (subscription) deliver(subscription, id, message);
        }
      }
    }
  }

  function noteFailure(error: unknown): undefined {
    // A lost connection is one line of its own (redis.ts).
    if (!isFailing && client.isReady) log.warn({ err: error }, 'live turns cannot be shared over Redis');
    isFailing = true;
  }
}

function deliver(subscription: Subscription, id: string, { from, text, tool, end }: OutboxEntry): void {
  subscription.lastId = id;
  if (text !== undefined) subscription.listener.text(text, Number(from));
  else if (tool !== undefined) subscription.listener.tool(JSON.parse(tool) as ToolEvent, Number(from));
  else if (end !== undefined) subscription.listener.end();
}

/** The text without gaps, each part once. */
function joinText(entries: readonly OutboxEntry[]): string {
  let joined = '';
  for (const { from, text } of entries) {
    if (text !== undefined && Number(from) <= joined.length) joined += text.slice(joined.length - Number(from));
  }
  return joined;
}
