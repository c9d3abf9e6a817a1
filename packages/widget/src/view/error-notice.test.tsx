// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatError } from '../protocol/errors.ts';
import { renderPart } from '../test/render-part.ts';
import { ErrorNotice } from './error-notice.tsx';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const limit = new ChatError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: 10 });

function setUp(random: number) {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  const retries: number[] = [];
  const part = renderPart(<ErrorNotice error={limit} onRetry={() => retries.push(1)} />, {
    settings: { texts: { limit_message: 'Easy now.' } },
  });
  return { ...part, retries, button: part.find('button') as HTMLButtonElement };
}

test('L3: a limit speaks in the words of the owner, and its Retry counts down', async () => {
  const { find, button } = setUp(0.25);
  expect(find('.notice-text')?.textContent).toBe('Easy now.');
  expect([button.textContent, button.disabled]).toEqual(['Retry in 11 s', true]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(button.textContent).toBe('Retry in 7 s');
});

test.each([
  [0, 10_000],
  [0.5, 11_000],
  [0.999, 11_998],
])('L3: Retry opens when the server said, and a little later on other pages (%s)', async (random, openMs) => {
  const { button, retries } = setUp(random);
  await vi.advanceTimersByTimeAsync(openMs - 100);
  button.click();
  expect([button.disabled, retries]).toEqual([true, []]);
  await vi.advanceTimersByTimeAsync(200);
  expect([button.textContent, button.disabled]).toEqual(['Retry', false]);
  button.click();
  expect(retries).toEqual([1]);
});
