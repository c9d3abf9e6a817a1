import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TimedClaim } from '../src/limits/gcra.ts';
import type { LimitStore } from '../src/limits/limit-store.ts';

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;

/** `of` at once, and then so few an hour that none comes back while a test runs. */
const few = (key: string, of: number, cost = 1): TimedClaim => ({
  key,
  takesUs: Math.floor((cost * HOUR) / of),
  windowUs: HOUR,
});

/** What every store must do; in a `describe`, with a store of its own. */
export function itKeepsLimits(store: () => LimitStore): void {
  const takeSome = async (times: number, claims: () => TimedClaim[]): Promise<number> => {
    const taken = await Promise.all(Array.from({ length: times }, () => store().take(claims())));
    return taken.filter(({ allowed }) => allowed).length;
  };

  it('lets exactly the burst through, however many ask at once', async () => {
    expect(await takeSome(50, () => [few('burst', 7)])).toBe(7);
  });

  it('says when each limit is full again, in the order asked', async () => {
    const { allowed, fullInUs } = await store().take([few('order b', 10, 3), few('order a', 10)]);
    expect(allowed).toBe(true);
    expect(fullInUs[0]).toBeGreaterThan(0.29 * HOUR);
    expect(fullInUs[0]).toBeLessThanOrEqual(0.3 * HOUR);
    expect(fullInUs[1]).toBeGreaterThan(0.09 * HOUR);
    expect(fullInUs[1]).toBeLessThanOrEqual(0.1 * HOUR);
  });

  it('takes all or nothing: a refused claim costs the others nothing, and does not wait longer for it', async () => {
    await store().take([few('narrow', 1)]);
    const first = await store().take([few('wide', 5), few('narrow', 1)]);
    const refusals = await takeSome(20, () => [few('wide', 5), few('narrow', 1)]);
    const last = await store().take([few('wide', 5), few('narrow', 1)]);
    expect([first.allowed, refusals, last.allowed]).toEqual([false, 0, false]);
    expect(last.fullInUs[0]).toBeLessThan(1_000);
    expect(last.fullInUs[1]).toBeLessThanOrEqual(first.fullInUs[1] ?? 0);
    expect(await takeSome(10, () => [few('wide', 5)])).toBe(5);
  });

  it('lets claims that share some limits in different orders never wait for each other', async () => {
    const names = ['left', 'right', 'middle'];
    let turn = 0;
    const allowed = await takeSome(60, () => {
      turn += 1;
      const from = turn % names.length;
      return [...names.slice(from), ...names.slice(0, from)].map((name) => few(name, 40));
    });
    expect(allowed).toBe(40);
  });

  it('gives back what was taken, and no more than was missing', async () => {
    await takeSome(5, () => [few('back', 5)]);
    await store().correct([{ key: 'back', byUs: -HOUR / 5 }]);
    expect(await takeSome(5, () => [few('back', 5)])).toBe(1);
    await store().correct([{ key: 'back', byUs: -10 * HOUR }]);
    expect(await takeSome(10, () => [few('back', 5)])).toBe(5);
    await store().correct([{ key: 'never seen', byUs: -HOUR }]);
    expect(await takeSome(10, () => [few('never seen', 5)])).toBe(5);
  });

  it('adds what turned out to be more, past the limit if need be', async () => {
    await store().correct([{ key: 'more', byUs: 2 * HOUR }]);
    const { allowed, fullInUs } = await store().take([few('more', 5)]);
    expect(allowed).toBe(false);
    expect(fullInUs[0]).toBeGreaterThan(1.99 * HOUR);
  });

  it('brings back by time what was taken', async () => {
    const quick = (): TimedClaim[] => [{ key: 'quick', takesUs: SECOND / 20, windowUs: SECOND / 10 }];
    expect(await takeSome(1, quick)).toBe(1);
    await wait(200);
    expect(await takeSome(1, () => [{ ...quick()[0]!, takesUs: SECOND / 10 }])).toBe(1);
  });

  it('takes nothing where nothing is limited', async () => {
    expect(await store().take([])).toEqual({ allowed: true, fullInUs: [] });
    await store().correct([]);
  });
}
