// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { createFetchInTurn } from './fetch-in-turn.ts';

/** As browsers have it: one holder of a name at a time, in the order of asking. */
function createLocks() {
  const last = new Map<string, Promise<unknown>>();
  return {
    request: (name: string, _: object, hold: () => Promise<unknown>) => {
      const held = (last.get(name) ?? Promise.resolve()).then(hold);
      last.set(
        name,
        held.catch(() => {}),
      );
      return held;
    },
  };
}

const underWay: { url: string; answer: () => void; fail: () => void }[] = [];
const settle = () => new Promise((resolve) => setTimeout(resolve));
const urls = () => underWay.map(({ url }) => url);

function setUp(locks: object | undefined = createLocks()) {
  underWay.length = 0;
  vi.stubGlobal('navigator', { locks });
  vi.stubGlobal('fetch', (url: string) => {
    return new Promise((resolve, reject) => {
      underWay.push({ url, answer: () => resolve(new Response()), fail: () => reject(new TypeError('failed')) });
    });
  });
}

afterEach(() => vi.unstubAllGlobals());

test('first calls to one server go one after the other, later ones at once', async () => {
  setUp();
  const [one, two] = [createFetchInTurn('https://a.test'), createFetchInTurn('https://a.test')];
  void one('one');
  void two('two');
  await settle();
  expect(urls()).toEqual(['one']);
  underWay[0]!.answer();
  await settle();
  expect(urls()).toEqual(['one', 'two']);
  void one('one again');
  await settle();
  expect(urls()).toEqual(['one', 'two', 'one again']);
});

test('a first call that fails lets the next one go, and is a first call still', async () => {
  setUp();
  const [one, two] = [createFetchInTurn('https://a.test'), createFetchInTurn('https://a.test')];
  const failed = expect(one('one')).rejects.toThrow('failed');
  void two('two');
  await settle();
  underWay[0]!.fail();
  await failed;
  await settle();
  expect(urls()).toEqual(['one', 'two']);
  void one('one again');
  await settle();
  expect(urls()).toEqual(['one', 'two']);
});

test('servers do not wait for each other, and nobody waits where there are no locks', async () => {
  setUp();
  void createFetchInTurn('https://a.test')('a');
  void createFetchInTurn('https://b.test')('b');
  await settle();
  expect(urls()).toEqual(['a', 'b']);
  setUp(undefined);
  vi.stubGlobal('navigator', {});
  void createFetchInTurn('https://a.test')('one');
  void createFetchInTurn('https://a.test')('two');
  await settle();
  expect(urls()).toEqual(['one', 'two']);
});

test('where locks are refused, as in a sandboxed frame, calls go without them; a failed call is not made twice', async () => {
  setUp({ request: () => Promise.reject(new DOMException('denied', 'SecurityError')) });
  const one = createFetchInTurn('https://a.test');
  const failed = expect(one('one')).rejects.toThrow('failed');
  await settle();
  expect(urls()).toEqual(['one']);
  underWay[0]!.fail();
  await failed;
  expect(urls()).toEqual(['one']);
});

test('a call that is called off while it waits is not made', async () => {
  setUp({ request: () => Promise.reject(new DOMException('called off', 'AbortError')) });
  const signal = AbortSignal.abort();
  await expect(createFetchInTurn('https://a.test')('one', { signal })).rejects.toThrow('called off');
  expect(urls()).toEqual([]);
});
