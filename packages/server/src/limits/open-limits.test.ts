import { describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import type { RedisClient } from '../redis.ts';
import type { Claim, Limit } from './limit.ts';
import type { LimitStore } from './limit-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { openLimits, type LimitsOptions } from './open-limits.ts';

const SECRET = 'a secret of the test, long enough';
const LIMIT: Limit = { name: 'login', burst: 3, perSeconds: 3_600 };
const forgetFull = () => Promise.resolve();

/** A Redis whose every command fails, as all do while it is away. */
const away = { eval: () => Promise.reject(new Error('The client is closed')) } as unknown as RedisClient;

function open(options: Partial<LimitsOptions> & { kind?: 'embedded' | 'postgres'; counted?: LimitStore } = {}) {
  const { kind = 'embedded', counted = createMemoryStore(), ...others } = options;
  let logged = '';
  const log = createLog('info', { write: (line: string) => void (logged += line) });
  const database = { kind, limits: { ...counted, forgetFull } };
  const limits = openLimits({ store: 'auto', database, redis: null, secret: SECRET, log, ...others });
  return { limits, logged: () => logged };
}

/** Remembers the keys that a store was given. */
function withKeys(store: LimitStore): LimitStore & { keys: string[] } {
  const keys: string[] = [];
  return {
    keys,
    take(claims) {
      keys.push(...claims.map(({ key }) => key));
      return store.take(claims);
    },
    correct: (corrections) => store.correct(corrections),
  };
}

describe('a limiter', () => {
  it('says how many are left, refuses past the last, and lets in again what was given back', async () => {
    const { limiter } = open().limits;
    const left = [await limiter.take(LIMIT, 'ada'), await limiter.take(LIMIT, 'ada'), await limiter.take(LIMIT, 'ada')];
    expect(left.map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    expect(await limiter.take(LIMIT, 'ada')).toEqual({
      allowed: false,
      limit: 3,
      remaining: 0,
      resetSeconds: 3_600,
      retryAfterSeconds: 1_200,
    });
    expect((await limiter.take(LIMIT, 'grace')).allowed).toBe(true);
    await limiter.giveBack(LIMIT, 'ada', 2);
    expect((await limiter.take(LIMIT, 'ada', 2)).allowed).toBe(true);
    expect((await limiter.take(LIMIT, 'ada')).allowed).toBe(false);
  });

  it('keeps limits of different names apart', async () => {
    const { limiter } = open().limits;
    await limiter.take(LIMIT, 'ada', 3);
    expect((await limiter.take({ ...LIMIT, name: 'reset' }, 'ada')).allowed).toBe(true);
  });

  it('takes several together, says which of them refused, and takes nothing then', async () => {
    const { limiter } = open().limits;
    const wide: Claim = { limit: { ...LIMIT, name: 'wide', burst: 10 }, key: 'ada', cost: 1 };
    const narrow: Claim = { limit: LIMIT, key: 'ada', cost: 3 };
    expect((await limiter.takeAll([wide, narrow])).map(({ allowed }) => allowed)).toEqual([true, true]);
    const refused = await limiter.takeAll([wide, narrow]);
    expect(refused.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 9],
      [false, 0],
    ]);
  });

  it('gives back no more than it took of what was larger than the whole limit', async () => {
    const { limiter } = open().limits;
    await limiter.take(LIMIT, 'ada', 100);
    await limiter.giveBack(LIMIT, 'ada', 100);
    await limiter.take(LIMIT, 'ada', 3);
    expect((await limiter.take(LIMIT, 'ada')).allowed).toBe(false);
  });

  it('A5: shows a store neither addresses nor names', async () => {
    const counted = withKeys(createMemoryStore());
    const { limiter } = open({ kind: 'postgres', counted }).limits;
    await limiter.take(LIMIT, '192.0.2.1 ada@example.com');
    expect(counted.keys).toEqual([expect.stringMatching(/^login:[A-Za-z0-9_-]{22}$/)]);
    expect(counted.keys[0]).not.toMatch(/192|ada/);
  });
});

describe('where limits are counted', () => {
  it.each([
    ['auto', 'embedded', null, 'memory'],
    ['auto', 'postgres', null, 'postgres'],
    ['auto', 'postgres', away, 'redis'],
    ['auto', 'embedded', away, 'redis'],
    ['memory', 'postgres', away, 'memory'],
    ['postgres', 'postgres', away, 'postgres'],
    ['redis', 'postgres', away, 'redis'],
  ] as const)('%s with a database that is %s: %s', (store, kind, redis, expected) => {
    expect(open({ store, kind, redis }).limits.kind).toBe(expected);
  });

  it('is the database while Redis is away, which is said once', async () => {
    const counted = withKeys(createMemoryStore());
    const { limits, logged } = open({ kind: 'postgres', redis: away, counted });
    for (const allowed of [true, true, true, false]) {
      expect((await limits.limiter.take(LIMIT, 'ada')).allowed).toBe(allowed);
    }
    expect(counted.keys).toHaveLength(4);
    expect(await limits.takeBeside([{ limit: LIMIT, key: 'ada', cost: 1 }])).toBeNull();
    expect(logged().match(/limits cannot be counted in Redis/g)).toHaveLength(1);
  });

  it('is nowhere while both are away: nothing is let through', async () => {
    const lost: LimitStore = {
      take: () => Promise.reject(new Error('connection refused')),
      correct: () => Promise.reject(new Error('connection refused')),
    };
    const { limiter } = open({ kind: 'postgres', redis: away, counted: lost }).limits;
    await expect(limiter.take(LIMIT, 'ada')).rejects.toThrow('connection refused');
    await expect(limiter.giveBack(LIMIT, 'ada')).rejects.toThrow('connection refused');
  });
});

describe('corrections', () => {
  it('reach the store together, and those it did not take with the next ones', async () => {
    const store = createMemoryStore();
    let isLost = true;
    const told: number[] = [];
    const counted: LimitStore = {
      take: (claims) => store.take(claims),
      correct(corrections) {
        if (isLost) return Promise.reject(new Error('connection refused'));
        told.push(corrections.length);
        return store.correct(corrections);
      },
    };
    const { limiter, corrections } = open({ kind: 'postgres', counted }).limits;
    await limiter.take(LIMIT, 'ada', 3);
    corrections.add([{ limit: LIMIT, key: 'ada', by: -1 }]);
    await expect(corrections.flush()).rejects.toThrow('connection refused');
    isLost = false;
    corrections.add([
      { limit: LIMIT, key: 'ada', by: -1 },
      { limit: LIMIT, key: 'grace', by: 3 },
    ]);
    await corrections.flush();
    await corrections.flush();
    expect(told).toEqual([2]);
    expect((await limiter.take(LIMIT, 'ada', 2)).allowed).toBe(true);
    expect((await limiter.take(LIMIT, 'grace')).allowed).toBe(false);
  });
});
