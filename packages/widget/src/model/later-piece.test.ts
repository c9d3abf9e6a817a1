import { expect, test, vi } from 'vitest';
import { createLaterPiece } from './later-piece.ts';

test('a piece is brought once, however often it is asked for', async () => {
  const bring = vi.fn(async () => 'piece');
  const later = createLaterPiece(bring);
  expect(bring).not.toHaveBeenCalled();
  later.load();
  later.load();
  expect(later.piece.value).toBeUndefined();
  await vi.waitFor(() => expect(later.piece.value).toBe('piece'));
  later.load();
  expect(bring).toHaveBeenCalledOnce();
});

test('a piece that could not be had says so, and is asked for again when it is next needed', async () => {
  const bring = vi.fn(async () => 'piece').mockRejectedValueOnce(new Error('offline'));
  const later = createLaterPiece(bring);
  later.load();
  await vi.waitFor(() => expect(later.hasFailed.value).toBe(true));
  later.load();
  await vi.waitFor(() => expect(later.piece.value).toBe('piece'));
});
