// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import listed from '../../../fixtures/corpora/xss-quick/RSNAKE_XSS.txt?raw';
import quick from '../../../fixtures/corpora/xss-quick/xss_payloads_quick.txt?raw';
import { createAnswer, drawWhole } from './render-for-test.tsx';

// Many cases in one test: on a busy machine they may take longer than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

const allowed: Record<string, readonly string[]> = {
  // What raw HTML may ask for beside what Markdown makes.
  ...Object.fromEntries(
    'abbr b caption cite dd dfn dl dt figcaption figure i ins kbd mark q rp rt ruby s samp small sub sup tfoot u var wbr'
      .split(' ')
      .map((name) => [name, ['title', 'dir', 'data-align']]),
  ),
  a: ['href', 'title', 'target', 'rel'],
  blockquote: ['dir', 'title'],
  br: ['title', 'dir'],
  button: ['type', 'class'],
  code: ['class'],
  del: [],
  div: ['class', 'dir', 'title', 'data-align'],
  em: [],
  h3: ['dir'],
  h4: ['dir'],
  h5: ['dir'],
  h6: ['dir'],
  hr: [],
  img: ['src', 'alt', 'title', 'loading', 'decoding', 'referrerpolicy'],
  input: ['type', 'disabled'],
  label: [],
  li: ['dir', 'class'],
  ol: ['start'],
  p: ['dir', 'title', 'data-align'],
  pre: [],
  span: ['class', 'role'],
  strong: [],
  table: [],
  tbody: [],
  td: ['data-align', 'colspan', 'rowspan'],
  th: ['data-align', 'colspan', 'rowspan'],
  thead: [],
  tr: [],
  ul: [],
};

const payloads = [...listed.split('\n'), ...quick.split('\n')].filter((line) => line.trim());
const aimedAtMarkdown = payloads.flatMap((payload) => [
  payload,
  `[x](${payload})`,
  `[x](<${payload}> "${payload}")`,
  `![${payload}](${payload})`,
  `[x]: ${payload}\n\n[x] ![x]`,
  `<${payload}>`,
  `\`\`\`${payload}\n${payload}\n\`\`\``,
  `| ${payload} |\n|---|\n| ${payload} |`,
]);

test('payloads in one piece make no element, attribute or address beyond the allowed', () => {
  for (const payload of aimedAtMarkdown) {
    const root = drawWhole(payload, { imageHosts: ['img.example'] });
    expectHarmless(root);
    root.remove();
  }
});

test('payloads in single characters make no element, attribute or address beyond the allowed', () => {
  for (const payload of payloads) {
    const answer = createAnswer({ imageHosts: ['img.example'] });
    for (let end = 1; end <= payload.length; end++) {
      void answer.draw(payload.slice(0, end), true);
      expectHarmless(answer.root);
    }
    answer.remove();
  }
});

test.each([
  '![a](https://evil.example/a.png)',
  '![a][b]\n\n[b]: https://evil.example/a.png',
  '[![a](https://evil.example/a.png)](https://evil.example)',
  '<img src="https://evil.example/a.png">',
  '![a](//evil.example/a.png)',
  '![a](http://img.example/a.png)',
  '![a](https://img.example@evil.example/a.png)',
  '![a](data:image/svg+xml,<svg/>)',
  '![a](https://evil.example/a.png "t")',
  '<video src="https://evil.example/v.mp4"></video>',
  '<link rel="stylesheet" href="https://evil.example/a.css">',
  '<style>@import "https://evil.example/a.css"</style>',
  '<div style="background:url(https://evil.example/a.png)">x</div>',
])('%j makes nothing that loads, whole or arriving', (markdown) => {
  const answer = createAnswer({ imageHosts: ['img.example'] });
  for (let end = 1; end <= markdown.length + 1; end++) {
    void answer.draw(markdown.slice(0, end), end <= markdown.length);
    expect(answer.root.querySelector('[src], [srcset], [style], link, style, iframe, object, [background]')).toBeNull();
  }
});

test('a link that must not be followed leaves its text', () => {
  const root = drawWhole('[run](javascript:alert) and [page](/relative) and ![pic](/p.png)');
  expect(root.querySelector('a, img')).toBeNull();
  expect(root.textContent).toBe('run and page and pic');
});

function expectHarmless(root: Element): void {
  for (const element of root.querySelectorAll('*')) {
    expect(allowed).toHaveProperty(element.localName);
    for (const { name, value } of element.attributes) {
      expect(allowed[element.localName]).toContain(name);
      if (name === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:|tel:)/i);
      if (name === 'src') expect(value).toMatch(/^https:\/\/img\.example\//);
    }
  }
}
