import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findHighlighter, type CodePiece, type OpenCode } from './highlight-code.ts';

test.each([
  ['ts', 'const a = f("x", 0x1f); // y', 'keyword:const name:f string:"x" number:0x1f comment:// y'],
  ['js', 'return `a ${b} c`', 'keyword:return string:`a ${b} c`'],
  ['json', '{"a": "b", "c": [1.5, true]}', 'name:"a" string:"b" name:"c" number:1.5 keyword:true'],
  ['python', '@cached def go(x): # y', 'name:@cached keyword:def name:go comment:# y'],
  ['rust', `fn f<'a>(x: &'a str) -> 'c'`, "keyword:fn string:'c'"],
  ['go', 'func main() { x := "a\\"b" }', 'keyword:func name:main string:"a\\"b"'],
  ['bash', 'npm install --save "$X" # y', 'name:npm number:--save string:"$X" comment:# y'],
  ['sql', "SELECT a FROM b WHERE c = 'd' -- e", "keyword:SELECT keyword:FROM keyword:WHERE string:'d' comment:-- e"],
  ['css', '.a { color: #fff; margin: -2px }', 'name:.a name:color number:#fff name:margin number:-2px'],
  [
    'html',
    '<a href="x">y</a> <!-- z -->',
    'keyword:<a name:href string:"x" keyword:> keyword:</a keyword:> comment:<!-- z -->',
  ],
  ['yaml', '- key: true # y', 'name:key keyword:true comment:# y'],
  ['diff', '+added', 'string:+added'],
  ['diff', '-removed', 'number:-removed'],
])('colours %s: %s', (language, line, colours) => {
  expect(coloursOf(findHighlighter(language)!(line).pieces)).toBe(colours);
});

test('a comment or string that is open goes on in the next line, until its end', () => {
  expect(coloursOfLines('ts', ['a /* b', 'const c', 'd */ const'])).toEqual([
    'comment:/* b',
    'comment:const c',
    'comment:d */ keyword:const',
  ]);
  expect(coloursOfLines('py', ['x = """', 'def y', '"""'])).toEqual(['string:"""', 'string:def y', 'string:"""']);
});

test('a language is known by any of its names, in any case, and others are not coloured', () => {
  expect(findHighlighter('TypeScript')).toBeDefined();
  expect(findHighlighter('c++')).toBeDefined();
  expect(findHighlighter('')).toBeUndefined();
  expect(findHighlighter('plaintext')).toBeUndefined();
  expect(findHighlighter('constructor')).toBeUndefined();
});

test('a very long line is left without colours (R7)', () => {
  const line = '"'.repeat(200_000);
  expect(findHighlighter('ts')!(line)).toEqual({ pieces: [line], open: undefined });
});

test.each('ts json c php py lua rb sh sql css html yaml diff'.split(' '))(
  '%s: the pieces of a line join to the line',
  (language) => {
    const scraps = [
      '/*',
      '*/',
      '//',
      '#',
      '--',
      '"',
      "'",
      '`',
      '"""',
      '\\',
      '<!--',
      '-->',
      '<a',
      '>',
      '=',
      '{',
      ':',
      '@',
      '$',
      '0x',
      '1.5e3',
      'const',
      'é',
      '😀',
      ' ',
      '.',
      '-',
      '+',
      'f(',
    ];
    const line = fc.array(fc.constantFrom(...scraps), { maxLength: 40 }).map((parts) => parts.join(''));
    const highlight = findHighlighter(language)!;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        let open: OpenCode | undefined;
        for (const each of lines) {
          const read = highlight(each, open);
          expect(read.pieces.map(textOf).join('')).toBe(each);
          open = read.open;
        }
      }),
      { numRuns: 300 },
    );
  },
);

function coloursOfLines(language: string, lines: string[]): string[] {
  let open: OpenCode | undefined;
  return lines.map((line) => {
    const read = findHighlighter(language)!(line, open);
    open = read.open;
    return coloursOf(read.pieces);
  });
}

function coloursOf(pieces: readonly CodePiece[]): string {
  return pieces
    .filter((piece) => typeof piece !== 'string')
    .map((piece) => (piece as readonly string[]).join(':'))
    .join(' ');
}

function textOf(piece: CodePiece): string {
  return typeof piece === 'string' ? piece : piece[1];
}
