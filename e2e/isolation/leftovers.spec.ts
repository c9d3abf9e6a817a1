// oxlint-disable typescript/unbound-method -- what is patched is called with the `this` it is given
import type { Page } from '@playwright/test';
import { chatOn, widgetTag } from '../support/chat.ts';
import { shopPage } from '../support/shop-page.ts';
import { expect, test } from '../support/test.ts';

/** Runs before everything else in the page: counts what is begun and not ended. */
function countWhatIsHeld() {
  const held = new Set<string>();
  let nextId = 0;
  const ids = new WeakMap<object, number>();
  const idOf = (value: object) => ids.get(value) ?? (ids.set(value, nextId++), nextId - 1);
  const nameOf = (target: unknown) => (target === window ? 'window' : String(target));
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const key = (target: EventTarget, [type, listener, options]: unknown[]) => {
    const isCapture =
      typeof options === 'object' ? options !== null && 'capture' in options && options.capture : options;
    return `${nameOf(target)} ${idOf(target)} ${String(type)} ${idOf(listener as object)} ${Boolean(isCapture)}`;
  };
  EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, ...given) {
    const target = this ?? window;
    // What hangs on the widget's own nodes and signals goes with them.
    const isOwn =
      target instanceof AbortSignal ||
      (target instanceof Node && target.getRootNode() !== document && target !== document);
    if (!isOwn && given[1]) {
      const name = key(target, given);
      const options = given[2];
      held.add(name);
      const signal = typeof options === 'object' ? options.signal : undefined;
      if (signal) addEventListener.call(signal, 'abort', () => held.delete(name));
      if (typeof options === 'object' && options.once) addEventListener.call(target, given[0], () => held.delete(name));
    }
    return addEventListener.apply(target, given);
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget | undefined, ...given) {
    const target = this ?? window;
    if (given[1]) held.delete(key(target, given));
    return removeEventListener.apply(target, given);
  };
  const { setInterval, setTimeout, clearTimeout, clearInterval } = window;
  const started = new Map<number, string>();
  const end = (id: number | undefined) => {
    if (id !== undefined) held.delete(started.get(id) ?? '');
  };
  Object.assign(window, {
    setTimeout: (run: () => void, ms?: number) => {
      const id = setTimeout(() => (end(id), run()), ms);
      started.set(id, `timer ${id} of ${ms} ms`);
      held.add(`timer ${id} of ${ms} ms`);
      return id;
    },
    setInterval: (run: () => void, ms?: number) => {
      const id = setInterval(run, ms);
      started.set(id, `interval ${id}`);
      held.add(`interval ${id}`);
      return id;
    },
    clearTimeout: (id?: number) => (end(id), clearTimeout(id)),
    clearInterval: (id?: number) => (end(id), clearInterval(id)),
  });
  for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver'] as const) {
    const Observer = window[name] as unknown as new (run: () => void) => {
      observe(...given: unknown[]): void;
      disconnect(): void;
    };
    Object.assign(window, {
      [name]: class extends Observer {
        override observe(...given: unknown[]) {
          held.add(`${name} ${idOf(this)}`);
          super.observe(...given);
        }
        override disconnect() {
          held.delete(`${name} ${idOf(this)}`);
          super.disconnect();
        }
      },
    });
  }
  Object.assign(window, { held });
}

const readHeld = (page: Page) => page.evaluate(() => [...(window as unknown as { held: Set<string> }).held].sort());

for (const state of ['closed', 'open', 'with an answer under way']) {
  test(`destroy leaves no listener, timer, observer or node behind: ${state} (R8)`, async ({
    page,
    hostPage,
    scriptedAgent,
  }) => {
    const agent = await scriptedAgent({ answer: { pieces: ['One moment'], end: 'open' } });
    await page.addInitScript(countWhatIsHeld);
    const { url } = await hostPage(shopPage({ tag: widgetTag(agent.url) }));
    await page.goto(url);
    const chat = chatOn(page);
    await expect(chat.launcher).toBeVisible();
    if (state !== 'closed') await chat.open();
    if (state === 'with an answer under way') {
      await chat.ask('Hello?');
      await expect(chat.log).toContainText('One moment');
      expect(await readHeld(page), 'the count counts').not.toEqual([]);
    }
    await page.evaluate(() => window.Salient!('destroy'));
    await expect(page.locator('salient-chat')).toHaveCount(0);
    // Timers that run out by themselves may be waited for; what stays, stays.
    await expect.poll(() => readHeld(page)).toEqual([]);
    expect(await page.evaluate(() => document.querySelectorAll('html > :not(head, body)').length)).toBe(0);
  });
}
