// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { createAnswer, drawWhole } from './render-for-test.tsx';

test.each([
  ['a <b>b</b> c', '<p>a <b>b</b> c</p>'],
  ['<kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O', '<p><kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O</p>'],
  // Markdown goes on inside of tags, and tags inside of Markdown.
  ['<u>a **b** `c`</u>', '<p><u>a <strong>b</strong> <code>c</code></u></p>'],
  ['**a <i>b</i>**', '<p><strong>a <i>b</i></strong></p>'],
  // What nobody closes ends with its paragraph; what closes nothing is nothing.
  ['<b>a\n\nb</i>', '<p><b>a</b></p><p>b</p>'],
  ['<b><i>a</b>b', '<p><b><i>a</i></b>b</p>'],
  // A block of HTML, its headings below the title of the panel.
  ['<h1>Title</h1>', '<div><h3>Title</h3></div>'],
  ['<p align="center">a &amp; b</p>', '<div><p data-align="center">a &amp; b</p></div>'],
  ['<details>\n<summary>More</summary>\n</details>', '<div><div>\n<strong>More</strong>\n</div></div>'],
  ['<!-- note -->', '<div></div>'],
  ['a <!-- note --> b', '<p>a  b</p>'],
  // Of attributes only the harmless ones are kept.
  ['<b id="x" class="y" style="color:red" onclick="z" title="t">a</b>', '<p><b title="t">a</b></p>'],
  ['<span dir="rtl">a</span>', '<p><span dir="rtl">a</span></p>'],
  ['<ol start="3"><li>a</ol>', '<div><ol start="3"><li>a</li></ol></div>'],
])('%j is drawn as %j', (markdown, html) => {
  expect(blocksOf(drawWhole(markdown))).toBe(html);
});

test.each([
  'Replace <your-name> with it',
  '<script>alert(1)</script>',
  '<iframe src="https://evil.example"></iframe>',
  '<svg onload=alert(1)>',
  '<input type=password>',
  'a < b, b > c',
  '<!-- open',
])('%j asks for nothing that may be drawn, so it is the text it is', (markdown) => {
  const root = drawWhole(markdown);
  expect(root.textContent).toBe(markdown);
  expect(root.querySelectorAll('.markdown *')).toHaveLength(1);
});

test('a link in raw HTML obeys the rules of every link', () => {
  const root = drawWhole(
    '<a href="https://docs.example/x" target="_top" onclick="x">docs</a> <a href="javascript:alert(1)">run</a> <a href="/page">page</a>',
  );
  expect(root.querySelector('p')?.innerHTML).toBe(
    '<a href="https://docs.example/x" title="docs.example" target="_blank" rel="noopener noreferrer nofollow ugc">docs</a> run page',
  );
});

test('a link in a link leaves its text, whichever of the two is written in HTML', () => {
  const links = drawWhole(
    '<a href="https://a.example">a [b](https://b.example)</a> [c <a href="https://d.example">d</a>](https://c.example)',
  ).querySelectorAll('a');
  expect([...links].map((link) => [link.getAttribute('href'), link.textContent])).toEqual([
    ['https://a.example', 'a b'],
    ['https://c.example', 'c d'],
  ]);
});

test('an image in raw HTML loads from an allowed host only, else it is a link (R2)', () => {
  const root = drawWhole(
    '<img src="https://img.example/a.png" alt="a" onerror="x" srcset="https://evil.example/b.png 2x"> <img src="https://evil.example/b.png" alt="b">',
    { imageHosts: ['img.example'] },
  );
  expect(root.querySelectorAll('img')).toHaveLength(1);
  expect(root.querySelector('img')?.outerHTML).toBe(
    '<img src="https://img.example/a.png" alt="a" loading="lazy" decoding="async" referrerpolicy="no-referrer">',
  );
  expect(root.querySelector('a')?.textContent).toBe('b');
});

test('a table in raw HTML scrolls as any table, and spans no more cells than a table has use for', () => {
  const root = drawWhole('<table><tr><td align="right" colspan="9999" rowspan="x">1</td></tr></table>');
  expect(root.querySelector('.table-scroll td')?.outerHTML).toBe('<td data-align="right" colspan="100">1</td>');
});

test('tags beyond the bounds leave their text, and nothing is lost (R7)', () => {
  const deep = drawWhole(`${'<b>'.repeat(5000)}deep`);
  expect(deep.querySelectorAll('b').length).toBeLessThan(30);
  expect(deep.textContent).toContain('deep');
  const many = drawWhole('<i>a</i>'.repeat(5000));
  expect(many.querySelectorAll('i').length).toBeLessThanOrEqual(500);
  expect(many.textContent?.replaceAll(/<\/?i>/g, '')).toBe('a'.repeat(5000));
});

test('half a tag is not seen while it arrives', () => {
  const answer = createAnswer();
  const markdown = 'Press <kbd title="a key">Ctrl</kbd> and <b>go</b>, if 1 <2 and <you> can.';
  const seen = new Set<string>();
  for (let end = 1; end <= markdown.length; end++) {
    void answer.draw(markdown.slice(0, end), true);
    seen.add(answer.root.textContent ?? '');
  }
  expect([...seen].filter((text) => /<\/?[kb]/.test(text))).toEqual([]);
  expect(answer.root.textContent).toBe('Press Ctrl and go, if 1 <2 and <you> can.');
});

/** The blocks of an answer, without the attributes every block has. */
function blocksOf(root: Element): string {
  return (root.querySelector('.markdown')?.innerHTML ?? '').replaceAll(' dir="auto"', '');
}
