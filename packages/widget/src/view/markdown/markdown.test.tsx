// @vitest-environment happy-dom
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { createLaterPiece } from '../../model/later-piece.ts';
import { createLoadedPieces } from './loaded-pieces.ts';
import { createAnswer, drawWhole } from './render-for-test.tsx';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('headings start at the third level, below the title of the panel', () => {
  const root = drawWhole('# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f');
  expect([...root.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((heading) => heading.localName)).toEqual([
    'h3',
    'h4',
    'h5',
    'h6',
    'h6',
    'h6',
  ]);
});

test('links open apart from the page, pass nothing on, and show where they lead', () => {
  const root = drawWhole('[docs](https://docs.example/x "The docs") https://docs.example');
  const [named, bare] = root.querySelectorAll('a');
  expect(named?.outerHTML).toBe(
    '<a href="https://docs.example/x" title="The docs · docs.example" target="_blank" rel="noopener noreferrer nofollow ugc">docs</a>',
  );
  expect(bare?.hasAttribute('title')).toBe(false);
});

test('an image from an allowed host is drawn without telling where it stands', () => {
  const root = drawWhole('![a **b**](https://img.example/a.png "t")', {
    imageHosts: ['*.other.example', 'img.example'],
  });
  expect(root.querySelector('p')?.innerHTML).toBe(
    '<img src="https://img.example/a.png" alt="a b" title="t" loading="lazy" decoding="async" referrerpolicy="no-referrer">',
  );
});

test('an image from elsewhere is a link named by its alternative text, or by its address', () => {
  const root = drawWhole('![a picture](https://else.example/a.png) ![](https://else.example/b.png)');
  expect([...root.querySelectorAll('a')].map((link) => [link.textContent, link.title])).toEqual([
    ['a picture', 'else.example'],
    ['https://else.example/b.png', 'else.example'],
  ]);
});

test('in a link, an image that may not load is its alternative text, not a link in a link', () => {
  const root = drawWhole('[![a picture](https://else.example/a.png) more](https://docs.example)');
  expect([...root.querySelectorAll('a')].map((link) => link.textContent)).toEqual(['a picture more']);
});

test('a task is a checkbox that cannot be changed, named by its text', () => {
  const root = drawWhole('- [x] done **now**\n- [ ] open\n\nand\n\n1. [ ] loose\n\n   more');
  const boxes = [...root.querySelectorAll<HTMLInputElement>('label > input[type=checkbox]')];
  expect(boxes.map((box) => [box.checked, box.disabled, box.parentElement?.textContent.trim()])).toEqual([
    [true, true, 'done now'],
    [false, true, 'open'],
    [false, true, 'loose'],
  ]);
});

test('a table stands in a container that scrolls, its columns aligned as asked', () => {
  const root = drawWhole('| a | b |\n|:-:|--:|\n| 1 | 2 |');
  expect(root.querySelector('.table-scroll > table > tbody')?.innerHTML).toBe(
    '<tr><td data-align="center">1</td><td data-align="right">2</td></tr>',
  );
  expect(root.querySelector('[tabindex]')).toBeNull();
});

test('a table or code that is wider than the message can be reached and scrolled by keyboard', () => {
  const measure: (() => void)[] = [];
  vi.stubGlobal('ResizeObserver', observerThatCalls(measure));
  vi.spyOn(HTMLElement.prototype, 'scrollWidth', 'get').mockReturnValue(500);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(300);
  const root = drawWhole('| Name | Value |\n|---|---|\n| 1 | 2 |\n\n```\nlong\n```');
  void act(() => measure.forEach((callback) => callback()));
  const reachable = [...root.querySelectorAll<HTMLElement>('[tabindex="0"]')];
  expect(
    reachable.map((element) => [element.className || element.localName, element.getAttribute('aria-label')]),
  ).toEqual([
    ['table-scroll', 'Name, Value'],
    ['pre', null],
  ]);
});

test('each block finds its own direction, lists by item, and code is always left to right', () => {
  const root = drawWhole('שלום\n\nHello\n\n- שלום\n- Hello\n\n> שלום\n\n```\nx\n```\n\n| שלום |\n|---|\n');
  const directions = [...root.querySelectorAll('[dir]')].map(
    (element) => `${element.localName} ${element.getAttribute('dir')}`,
  );
  expect(directions).toEqual(['p auto', 'p auto', 'li auto', 'li auto', 'blockquote auto', 'div ltr', 'div auto']);
});

test('without its reader, raw HTML is shown as text, and only a line break breaks the line', () => {
  const rawHtml = createLaterPiece<typeof import('./read-raw-html.ts')>(async () =>
    Promise.reject(new Error('offline')),
  );
  const root = drawWhole('a<br>b <b>c</b>\n\n<div onclick="x">\nd\n</div>\n\n<!-- e -->', {
    pieces: { ...createLoadedPieces(), rawHtml },
  });
  expect(root.querySelector('p')?.innerHTML).toBe('a<br>b &lt;b&gt;c&lt;/b&gt;');
  expect(root.textContent).toContain('<div onclick="x">\nd\n</div>');
  expect(root.textContent).toContain('<!-- e -->');
});

test('without its reader, an answer is shown as it was written', async () => {
  const reader = createLaterPiece<typeof import('./answer-reader.ts')>(async () =>
    Promise.reject(new Error('offline')),
  );
  const root = drawWhole('Some **bold**\n\n- text', { pieces: { ...createLoadedPieces(), reader } });
  await vi.waitFor(() => expect(root.querySelector('.plain-text')?.textContent).toBe('Some **bold**\n\n- text'));
});

test('an answer that begins before its reader has come shows the plain line it begins with, and no mark', async () => {
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const reader = createLaterPiece(async () => arrived.then(() => import('./answer-reader.ts')));
  const answer = createAnswer({ pieces: { ...createLoadedPieces(), reader } });
  void answer.draw('Some', true);
  const paragraph = answer.root.querySelector('p');
  void answer.draw('Some **bold', true);
  expect(answer.root.textContent).toBe('Some');
  arrive();
  await vi.waitFor(() => expect(answer.root.querySelector('strong')?.textContent).toBe('bold'));
  expect(answer.root.querySelector('p')).toBe(paragraph);
});

test('character references are decoded in addresses and titles, before it is asked where they lead', () => {
  const root = drawWhole(
    '[a](https://a.example/?b&amp;c "d &copy;") [e](javascript&colon;alert(1)) [f](&#106;avascript:alert(1))',
  );
  expect([...root.querySelectorAll('a')].map((link) => [link.getAttribute('href'), link.title])).toEqual([
    ['https://a.example/?b&c', 'd © · a.example'],
  ]);
});

test('character references are decoded in text and left alone in code', () => {
  const root = drawWhole('R&amp;D &#8364; &lt;b&gt; `&amp;`\n\n    &amp;\n\n```a&amp;b\n&lt;\n```');
  expect(root.querySelector('p')?.textContent).toBe('R&D € <b> &amp;');
  expect([...root.querySelectorAll('pre')].map((code) => code.textContent)).toEqual(['&amp;', '&lt;']);
  expect([...root.querySelectorAll('.code-language')].map((label) => label.textContent)).toEqual(['', 'a&b']);
});

/** A ResizeObserver that only notes what to call. */
function observerThatCalls(callbacks: (() => void)[]) {
  return class {
    constructor(callback: () => void) {
      callbacks.push(callback);
    }
    observe() {}
    disconnect() {}
  };
}
