import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerText } from './answer-text.ts';

function pieces(...parts: string[]): string {
  const text = createAnswerText();
  return parts.map((part) => text.push(part)).join('') + text.end();
}

describe('createAnswerText', () => {
  it.each([
    ['line ends of every kind', ['a\r\nb\rc\nd'], 'a\nb\nc\nd'],
    ['a CRLF cut in two', ['a\r', '\nb'], 'a\nb'],
    ['a lone CR at the end of a piece', ['a\r', 'b'], 'a\nb'],
    ['a lone CR at the very end', ['a\r'], 'a\n'],
    ['NUL', ['a\0b'], 'ab'],
    ['an emoji cut in two', ['\ud83d', '\ude00'], '😀'],
    ['half an emoji', ['a\ud83d', 'b'], 'a\ufffdb'],
    ['half an emoji at the very end', ['a\ud83d'], 'a\ufffd'],
    ['the other half alone', ['a\ude00b'], 'a\ufffdb'],
    ['nothing', ['', ''], ''],
  ])('mends %s', (_what, parts, expected) => {
    expect(pieces(...parts)).toBe(expected);
  });

  it('gives the same text however it is cut', () => {
    const unit = fc.constantFrom('a', '\r', '\n', '\0', '\ud83d', '\ude00', '😀', ' ');
    fc.assert(
      fc.property(fc.array(unit), fc.array(fc.nat()), (units, cuts) => {
        const whole = units.join('');
        const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((a, b) => a - b);
        const parts = [0, ...places].map((from, index) => whole.slice(from, places[index] ?? whole.length));
        expect(pieces(...parts)).toBe(pieces(whole));
      }),
    );
  });

  it('never lets a piece end inside a character', () => {
    const text = createAnswerText();
    expect([text.push('a\ud83d'), text.push('\ude00\r'), text.push('\nb')]).toEqual(['a', '😀', '\nb']);
  });
});
