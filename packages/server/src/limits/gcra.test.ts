import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide, fits, timeClaim, timeOf } from './gcra.ts';
import type { Limit } from './limit.ts';

const SECOND = 1_000_000;

const limits = fc.record({
  name: fc.constant('test'),
  burst: fc.integer({ min: 1, max: 10_000 }),
  perSeconds: fc.constantFrom(1, 60, 3_600),
});
/** Microseconds between one request and the next: at once, or up to a minute. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 * SECOND })), {
  minLength: 1,
  maxLength: 200,
});

/** One key of a limit, with a clock that only the test moves. */
function createKey(limit: Limit) {
  let nowUs = 0;
  let fullAtUs = 0;
  return {
    wait: (us: number) => (nowUs += us),
    now: () => nowUs,
    take(cost = 1) {
      const claim = timeClaim(limit, 'key', cost);
      const before = Math.max(0, fullAtUs - nowUs);
      if (!fits(claim, before)) return decide(limit, claim, before, false);
      fullAtUs = nowUs + before + claim.takesUs;
      return decide(limit, claim, before + claim.takesUs, true);
    },
  };
}

it('never lets through more than burst + rate x t + 1, whatever window of time one looks at', () => {
  fc.assert(
    fc.property(limits, pauses, (limit, waits) => {
      const key = createKey(limit);
      const accepted = waits.flatMap((us) => {
        key.wait(us);
        return key.take().allowed ? [key.now()] : [];
      });
      for (const [first, from] of accepted.entries()) {
        for (let last = first; last < accepted.length; last += 1) {
          const seconds = ((accepted[last] ?? 0) - from) / SECOND;
          const most = limit.burst + (limit.burst / limit.perSeconds) * seconds + 1;
          expect(last - first + 1).toBeLessThanOrEqual(most);
        }
      }
    }),
  );
});

it('lets a whole burst through at once, also after any pause that is long enough, and not one more', () => {
  fc.assert(
    fc.property(limits, (limit) => {
      const small = { ...limit, burst: Math.min(limit.burst, 300) };
      const key = createKey(small);
      for (let round = 0; round < 2; round += 1) {
        for (let count = 0; count < small.burst; count += 1) expect(key.take().allowed).toBe(true);
        expect(key.take().allowed).toBe(false);
        key.wait(small.perSeconds * SECOND);
      }
    }),
  );
});

it('lets a steady sender at the rate through for ever', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 500 }), (limit, count) => {
      const key = createKey(limit);
      const pauseUs = Math.ceil((limit.perSeconds * SECOND) / limit.burst);
      for (let sent = 0; sent < count; sent += 1) {
        expect(key.take().allowed).toBe(true);
        key.wait(pauseUs);
      }
    }),
  );
});

it('says truly when to come back: then it is allowed, and a second before it is not', () => {
  fc.assert(
    fc.property(limits, pauses, fc.integer({ min: 1, max: 50 }), (limit, waits, cost) => {
      const key = createKey(limit);
      for (const us of waits) {
        key.wait(us);
        const { allowed, retryAfterSeconds } = key.take(cost);
        if (allowed) continue;
        expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
        key.wait((retryAfterSeconds - 1) * SECOND);
        expect(key.take(cost).allowed).toBe(false);
        key.wait(SECOND);
        expect(key.take(cost).allowed).toBe(true);
      }
    }),
  );
});

it('says how many are left: so many can be had at once', () => {
  fc.assert(
    fc.property(limits, fc.array(fc.integer({ min: 0, max: 5 * SECOND }), { maxLength: 20 }), (limit, waits) => {
      const small = { ...limit, burst: Math.min(limit.burst, 100) };
      const key = createKey(small);
      let decision = key.take();
      for (const us of waits) {
        key.wait(us);
        decision = key.take();
      }
      for (let left = decision.remaining; left > 0; left -= 1) expect(key.take().allowed).toBe(true);
      expect(key.take().allowed).toBe(false);
    }),
  );
});

it('has everything back after the seconds it names', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 300 }), (limit, count) => {
      const key = createKey(limit);
      let { resetSeconds } = key.take();
      for (let sent = 1; sent < count; sent += 1) ({ resetSeconds } = key.take());
      key.wait(resetSeconds * SECOND);
      expect(key.take(limit.burst).allowed).toBe(true);
    }),
  );
});

it('lets what is larger than the whole limit through when nothing else counts', () => {
  const key = createKey({ name: 'tokens', burst: 1_000, perSeconds: 3_600 });
  expect(key.take(5_000)).toMatchObject({ allowed: true, remaining: 0 });
  expect(key.take(5_000)).toMatchObject({ allowed: false, retryAfterSeconds: 3_600 });
});

it('gives back as much time as it took', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 10_000 }), (limit, cost) => {
      expect(timeOf(limit, cost) + timeOf(limit, -cost)).toBe(0);
    }),
  );
});
