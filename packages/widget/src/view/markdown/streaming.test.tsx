// @vitest-environment happy-dom
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import commonmark from '../../../fixtures/corpora/commonmark/commonmark.0.31.2.json' with { type: 'json' };
import gfm from '../../../fixtures/corpora/gfm/gfm.0.29.json' with { type: 'json' };
import { createAnswer, drawWhole } from './render-for-test.tsx';

// Many cases in one test: on a busy machine they may take longer than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

const examples = [...commonmark, ...gfm].map((example) => example.markdown);

const answer = `## Getting **started**

Install it with \`npm i salient\`, then read [the docs](https://docs.example/a_(b) "Docs") or <https://salient.example>.
It is *fast*, ***very*** small and ~~hard~~ easy.

1. First **step**
2. Second step
   - nested \`code\`
   - [ ] open task
   - [x] done task

> A quote with **bold** text
> and a second line.

| Name | Value |
| :--- | ---: |
| **a** | \`1\` |
| b | 2 |

\`\`\`js
const a = b * c;

const d = '**';
\`\`\`

![A picture](https://img.example/picture.png)

---

The end.
`;

test('what is on screen in the end is what the whole answer looks like', () => {
  const part = fc.tuple(fc.constantFrom(...examples, answer), fc.constantFrom('\n', '\n\n'));
  const document = fc.array(part, { maxLength: 4 }).map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(document, fc.array(fc.nat(), { maxLength: 12 }), (markdown, cuts) => {
      const streamed = createAnswer();
      const ends = cuts.map((cut) => cut % (markdown.length + 1)).sort((a, b) => a - b);
      for (const end of ends) void streamed.draw(markdown.slice(0, end), true);
      void streamed.draw(markdown, false);
      const whole = drawWhole(markdown);
      expect(sortedHtml(streamed.root)).toBe(sortedHtml(whole));
      streamed.remove();
      whole.remove();
    }),
    { numRuns: 150 },
  );
});

test('no half mark is ever on screen', () => {
  const streamed = createAnswer({ imageHosts: ['img.example'] });
  for (let end = 1; end <= answer.length; end++) {
    void streamed.draw(answer.slice(0, end), true);
    const shown = textOutsideCode(streamed.root);
    expect(shown, `after ${JSON.stringify(answer.slice(0, end).slice(-40))}`).not.toMatch(
      /[*`|[\]~]|\]\(|!\[|--|^\s*[#>-]/m,
    );
    const code = streamed.root.querySelector('pre')?.textContent ?? '';
    expect(code).not.toContain('`');
  }
});

test('the nodes of finished blocks stay while the answer goes on', () => {
  const streamed = createAnswer();
  const finished = answer.indexOf('The end.');
  void streamed.draw(answer.slice(0, finished), true);
  const before = [...streamed.root.querySelectorAll('*')].filter((element) => !element.contains(streamed.root));
  const textNode = streamed.root.querySelector('p')?.firstChild;
  for (let end = finished; end <= answer.length; end++) void streamed.draw(answer.slice(0, end), true);
  void streamed.draw(answer, false);
  const after = [...streamed.root.querySelectorAll('*')];
  expect(before.every((element, index) => after[index] === element)).toBe(true);
  expect(streamed.root.querySelector('p')?.firstChild).toBe(textNode);
});

test('an image is drawn once its whole address is there, and never with half of it', () => {
  const streamed = createAnswer({ imageHosts: ['img.example'] });
  const text =
    'Look: ![a picture](https://img.example/p_(1).png "t") and ![again][p].\n\n[p]: https://img.example/q.png\n';
  const sources = new Set<string>();
  for (let end = 1; end <= text.length + 1; end++) {
    void streamed.draw(text.slice(0, end), end <= text.length);
    for (const image of streamed.root.querySelectorAll('img')) sources.add(image.getAttribute('src') ?? '');
  }
  expect([...sources]).toEqual(['https://img.example/p_(1).png', 'https://img.example/q.png']);
});

/** As HTML, with attributes in an order of their own: a node that is kept may get one later than a new one does. */
function sortedHtml(root: Element): string {
  const copy = root.cloneNode(true) as Element;
  for (const element of copy.querySelectorAll('*')) {
    const attributes = [...element.attributes].sort((one, other) => one.name.localeCompare(other.name));
    for (const { name } of attributes) element.removeAttribute(name);
    for (const { name, value } of attributes) element.setAttribute(name, value);
  }
  return copy.innerHTML;
}

/** What is read as prose: without code, where marks are marks. */
function textOutsideCode(root: Element): string {
  const copy = root.cloneNode(true) as Element;
  for (const code of copy.querySelectorAll('pre, .code-header')) code.remove();
  return copy.textContent ?? '';
}
