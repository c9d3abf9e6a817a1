import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitDocument } from './split-document.ts';

const projectDirectory = fileURLToPath(new URL('../../../../../', import.meta.url));

describe('splitDocument', () => {
  it('makes a passage of every section and keeps its Markdown', () => {
    const document =
      '# Returns\n\nSend it back.\n\n## How long?\n\n**30 days**, see [terms](https://a.example).\n\n- one\n- two\n';
    expect(splitDocument(document)).toEqual({
      title: 'Returns',
      passages: [
        { section: null, content: 'Send it back.', position: 0 },
        { section: 'How long?', content: '**30 days**, see [terms](https://a.example).\n\n- one\n- two', position: 1 },
      ],
    });
  });

  it('names a nested section by its whole path, and leaves out headings without text of their own', () => {
    const { passages } = splitDocument(
      '# Guide\n\n## Setup\n\n### On Linux ##\n\nOne.\n\n### On `macOS`\n\nTwo.\n\n## Use\n\nThree.',
    );
    expect(passages.map((passage) => passage.section)).toEqual(['Setup › On Linux', 'Setup › On macOS', 'Use']);
  });

  it('reads underlined headings', () => {
    const { title, passages } = splitDocument('The title\n=========\n\nText.\n\nA section\n---------\nMore.');
    expect([title, passages.map((passage) => passage.section)]).toEqual(['The title', [null, 'A section']]);
  });

  it('sees no heading inside code, comments or front matter', () => {
    const document =
      '---\ntitle: x\n---\n<!--\n# Draft\n-->\n# Title\n\n```sh\n# a comment\n\necho hi\n```\n\n~~~\n## no\n~~~\n';
    expect(splitDocument(document)).toEqual({
      title: 'Title',
      passages: [{ section: null, content: '```sh\n# a comment\n\necho hi\n```\n\n~~~\n## no\n~~~', position: 0 }],
    });
  });

  it('closes a fence that the author forgot, so that what follows a quote is not code', () => {
    expect(splitDocument('# T\n\n````js\nlet a;\n').passages[0]?.content).toBe('````js\nlet a;\n````');
  });

  it('splits a long section between paragraphs at about 1,200 characters', () => {
    const paragraph = 'This sentence has exactly forty characters'.padEnd(400, '.');
    const { passages } = splitDocument(`# T\n\n## S\n\n${Array(8).fill(paragraph).join('\n\n')}`);
    expect(passages.map((passage) => passage.content.length)).toEqual([1204, 1204, 802]);
    expect(passages.every((passage) => passage.section === 'S')).toBe(true);
  });

  it.each([
    ['code', `\`\`\`\n${'x = 1;\n\n'.repeat(400)}\`\`\``],
    ['a table', `| a | b |\n| --- | --- |\n${'| one | two |\n'.repeat(300)}`.trim()],
    ['a list item', `- first\n\n${'  a paragraph of the item\n\n'.repeat(100)}  the end`],
  ])('never cuts %s, however long', (_, block) => {
    const passages = splitDocument(`# T\n\n${'Before. '.repeat(100)}\n\n${block}\n\n${'After. '.repeat(100)}`).passages;
    expect(passages.filter((passage) => passage.content.includes(block))).toHaveLength(1);
  });

  it('keeps a lead-in with what it leads to', () => {
    const table = `| a | b |\n| --- | --- |\n${'| one | two |\n'.repeat(99)}`.trim();
    const { passages } = splitDocument(`# T\n\n${'Text. '.repeat(60)}\n\nThese are the sizes:\n\n${table}`);
    expect(passages[1]?.content).toBe(`These are the sizes:\n\n${table}`);
  });

  it('leaves no crumb: what is short stays with its neighbor', () => {
    const long = 'Many words. '.repeat(100).trim();
    const contents = splitDocument(`# T\n\nIn short.\n\n${long}\n\n${long}\n\nThe end.`).passages.map(
      ({ content }) => content,
    );
    expect(contents).toEqual([`In short.\n\n${long}`, `${long}\n\nThe end.`]);
  });

  it('splits one endless paragraph after sentences, else between words, and never inside a character', () => {
    const sentences = splitDocument('It works well. '.repeat(1000)).passages;
    expect(sentences.every(({ content }) => content.endsWith('.') && content.length <= 1200)).toBe(true);
    const emoji = splitDocument(`x${'😀'.repeat(5001)}`).passages.map((passage) => passage.content);
    expect(emoji.join('')).toBe(`x${'😀'.repeat(5001)}`);
    expect(emoji.every((content) => /^x?(?:😀)+$/u.test(content))).toBe(true);
  });

  it('reads what Windows wrote: a byte-order mark and CRLF', () => {
    expect(splitDocument('\uFEFF# Title\r\n\r\nOne\r\ntwo.\r\n')).toEqual(splitDocument('# Title\n\nOne\ntwo.\n'));
  });

  it('takes the title from the first words where there is no heading', () => {
    expect(splitDocument('Just text.\n\nMore.').title).toBe('Just text.');
    expect(splitDocument('word '.repeat(40)).title).toBe(`${'word '.repeat(16).trim()}…`);
  });

  it.each(['', ' \n\t\n', '\uFEFF', '# ', '---'])('has no passages for %j', (text) => {
    expect(splitDocument(text)).toEqual({ title: 'Untitled', passages: [] });
  });

  it('never throws and never loses a word, whatever the text', () => {
    const pieces = [
      '# ',
      '\n',
      '\n\n',
      '```',
      '- ',
      '  ',
      '1. ',
      '| a |',
      '|--|',
      '> ',
      '---',
      '===',
      '<!--',
      '-->',
      'word',
      '\t',
      '\r\n',
      '😀',
      '*',
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (markdown) => {
        const { title, passages } = splitDocument(markdown);
        expect(title).not.toBe('');
        expect(passages.map((passage) => passage.position)).toEqual(passages.map((_, index) => index));
        expect(passages.every((passage) => passage.content.trim() !== '')).toBe(true);
      }),
    );
    const words = fc.array(fc.stringMatching(/^[a-z]{1,9}[.\n]?$/), { maxLength: 900 });
    fc.assert(
      fc.property(words, (parts) => {
        const { passages } = splitDocument(`# T\n\n${parts.join(' ')}`);
        expect(passages.flatMap(({ content }) => content.match(/[a-z]+/g) ?? [])).toEqual(
          parts.flatMap((part) => part.match(/[a-z]+/g) ?? []),
        );
      }),
      { numRuns: 30 },
    );
  });

  it.each(['# a\n', '<!-- ', '- a\n', '```\n', '*a ', '[', '|', '> ', '#', '\n'])('takes 100 KB of %j', (piece) => {
    expect(() => splitDocument(piece.repeat(Math.ceil(100_000 / piece.length)))).not.toThrow();
  });

  const documents = [
    'examples/EMBEDDING-GUIDE.md',
    ...readdirSync(`${projectDirectory}config/agent_configs`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.includes('knowledge') && path.endsWith('.md'))
      .map((path) => `config/agent_configs/${path}`),
  ];
  it.each(documents)('finds an introduction and quotable sections in %s', (path) => {
    const { passages } = splitDocument(readFileSync(projectDirectory + path, 'utf8'));
    expect(passages[0]?.section).toBeNull();
    expect(passages.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...passages.map((passage) => passage.content.length))).toBeLessThan(2000);
  });
});
