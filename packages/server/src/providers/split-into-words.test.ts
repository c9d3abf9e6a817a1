import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitIntoWords } from './split-into-words.ts';

describe('splitIntoWords', () => {
  it('gives each word with the space after it', () => {
    expect(splitIntoWords('You can  return it.\n\n- one [1]')).toEqual([
      'You ',
      'can  ',
      'return ',
      'it.\n\n',
      '- ',
      'one ',
      '[1]',
    ]);
  });

  it('keeps white space at the start, and knows no words in nothing', () => {
    expect(splitIntoWords('  a')).toEqual(['  ', 'a']);
    expect(splitIntoWords('')).toEqual([]);
  });

  it('joins to exactly the text and never cuts a character that a person sees', () => {
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    const pieces = fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '\u0301',
      '\u200D',
      '👩‍👩‍👧‍👦',
      '🏳️‍🌈',
      '🇩🇪',
      '👍🏽',
      '\u{1F3FD}',
      'é',
      'नि',
      '\uD83D',
      'a',
      '\u00A0',
      '\u0600',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'grapheme' })), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (whole) => {
        const words = splitIntoWords(whole);
        expect(words.join('')).toBe(whole);
        expect(words).not.toContain('');
        const boundaries = new Set([...graphemes.segment(whole)].map(({ index }) => index));
        let position = 0;
        for (const word of words) {
          expect(boundaries).toContain(position);
          position += word.length;
        }
      }),
      { numRuns: 500 },
    );
  });
});
