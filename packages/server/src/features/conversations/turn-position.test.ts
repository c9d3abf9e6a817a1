import { describe, expect, it } from 'vitest';
import { formatPosition, parsePosition } from './turn-position.ts';

const turnId = '900a9aa5-1ac8-47d5-bd30-ffd73e64c0d8';

describe('a position in a stream', () => {
  it('is read as it was written', () => {
    for (const offset of [0, 1, 999_999_999, 'done'] as const) {
      expect(parsePosition(formatPosition(turnId, offset))).toEqual({ turnId, offset });
    }
  });

  it.each([
    '',
    '0',
    '-1',
    turnId,
    `${turnId}:`,
    `${turnId}:-1`,
    `${turnId}:01`,
    `${turnId}:1e3`,
    `${turnId}:9999999999`,
    `${turnId}:1\0`,
    `${turnId.toUpperCase()}:1`,
    `${turnId}:1:2`,
    'x'.repeat(1_000_000),
  ])('is refused when it is not one of ours', (text) => {
    expect(() => parsePosition(text)).toThrow('must be an id received earlier');
  });
});
