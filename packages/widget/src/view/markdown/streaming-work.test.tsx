// @vitest-environment happy-dom
import { Lexer } from 'marked';
import { options } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { createAnswer } from './render-for-test.tsx';

const section = `## Title

Some **bold** text with \`code\` and [a link](https://docs.example), over
two lines.

- one
- two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const a = 1; // one
\`\`\`

`;
const pieceLength = 4;

afterEach(() => {
  vi.restoreAllMocks();
});

test('what a piece of text costs does not grow with the answer (R7)', () => {
  const [first, last] = workOfSections(40);
  expect(last.lexedCharacters).toBe(first.lexedCharacters);
  // Each full group of blocks before it is compared once, and no block inside of it.
  expect(last.drawnNodes - first.drawnNodes).toBeLessThan((section.length / pieceLength) * ((40 * 5) / 32));
});

test('code that grows is neither lexed nor drawn again from its beginning, line by line', () => {
  const answer = createAnswer();
  let text = '```ts\n';
  const drawn: number[] = [];
  for (let line = 0; line < 400; line++) {
    text += `const a${line} = ${line};\n`;
    drawn.push(countDrawn(() => void answer.draw(text, true)));
  }
  // A line has five pieces and a break; 32 lines are a group.
  expect(Math.max(...drawn.slice(300))).toBeLessThan(32 * 12 + 400 / 32 + 20);
  expect(answer.root.querySelectorAll('.code-keyword').length).toBe(400);
});

/** The work of the second and of the last section of an answer made of many. */
function workOfSections(count: number) {
  const answer = createAnswer();
  const lex = vi.spyOn(Lexer.prototype, 'blockTokens');
  const works = Array.from({ length: count }, (_, index) => {
    lex.mockClear();
    const before = section.repeat(index);
    const drawnNodes = countDrawn(() => {
      for (let end = pieceLength; end <= section.length; end += pieceLength) {
        void answer.draw(before + section.slice(0, end), true);
      }
    });
    const lexedCharacters = lex.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
    return { lexedCharacters, drawnNodes };
  });
  return [works[1]!, works.at(-1)!] as const;
}

function countDrawn(draw: () => void): number {
  const before = options.diffed?.bind(options) ?? (() => {});
  let count = 0;
  options.diffed = (vnode) => {
    count++;
    before(vnode);
  };
  draw();
  if (before) options.diffed = before;
  else delete options.diffed;
  return count;
}
