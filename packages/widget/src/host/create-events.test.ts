// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { createEvents } from './create-events.ts';

const source = { account: 'acme', agent: 'helper' };
afterEach(() => delete window.dataLayer);

test('an event reaches its listeners and the window, with the widget it is about', () => {
  const heard: unknown[] = [];
  const { emit, on, off } = createEvents(source, () => ({ debug: false, dataLayer: false }));
  const listener = (detail: object) => heard.push(detail);
  addEventListener('salient:unread', (event) => heard.push((event as CustomEvent).detail), { once: true });
  on('unread', listener);
  emit('unread', { count: 1 });
  off('unread', listener);
  emit('unread', { count: 2 });
  expect(heard).toEqual([
    { ...source, count: 1 },
    { ...source, count: 1 },
  ]);
  expect(window.dataLayer).toBeUndefined();
});

test("a listener that throws is the page's own fault to see, and stops nothing", () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const { emit, on } = createEvents(source, () => ({ debug: false, dataLayer: false }));
  const later = vi.fn();
  on('open', () => {
    throw new Error('theirs');
  });
  on('open', later);
  emit('open', {});
  expect(reported).toHaveBeenCalledWith(new Error('theirs'));
  expect(later).toHaveBeenCalled();
  vi.unstubAllGlobals();
});

test('a tag manager hears of events where the page asks for it, and never of what was said', () => {
  const { emit } = createEvents(source, () => ({ debug: false, dataLayer: true }));
  emit('message:sent', { text: 'secret', client_message_id: 'c1' });
  emit('open', {});
  expect(window.dataLayer).toEqual([
    { event: 'salient:message:sent', salient: { ...source, client_message_id: 'c1' } },
    { event: 'salient:open', salient: source },
  ]);
});
