import { describe, expect, it } from 'vitest';
import { toPlainText } from './to-plain-text.ts';

describe('toPlainText', () => {
  it.each([
    ['**30 days** of *delivery*, ~~not~~ `free`', '30 days of delivery, not free'],
    ['see [our terms](https://a.example/x_(y) "t") and <https://b.example>', 'see our terms and https://b.example'],
    ['snake_case_name and 2 * 3 * 4, _really_', 'snake_case_name and 2 * 3 * 4, really'],
    ['| a | b \\| c |\n| --- | :-: |\n| 1 | 2 |', 'a · b | c\n1 · 2'],
    ['one **two\nthree**\n\n- four\n  five\n- six', 'one two three\n\n- four five\n- six'],
    ['> quoted\n> twice', 'quoted\ntwice'],
    ['Run:\n\n```js\nlet **a** = `b`;\n```', 'Run:\n\nlet **a** = `b`;'],
    ['- **one**\n- two', '- one\n- two'],
  ])('reads %j as a person would', (markdown, text) => {
    expect(toPlainText(markdown)).toBe(text);
  });
});
