import { expect, it } from 'vitest';
import { readElements } from '../../examples/assets/doctor/read-elements.js';

const tags = (/** @type {string} */ html) =>
  readElements(html).map(({ name, attributes }) => Object.assign({ name }, attributes));

it('reads attributes in quotes, without quotes and without values, and decodes them', () => {
  const html = `<SCRIPT async src=/a.js data-title="A &amp; B &#8212; &quot;C&quot;" data-starters='["x"]' / ></script>`;
  expect(tags(html)).toEqual([
    { name: 'script', async: '', src: '/a.js', 'data-title': 'A & B — "C"', 'data-starters': '["x"]' },
  ]);
});

it('does not see what browsers do not: comments, strings in scripts, templates, noscript', () => {
  const html = `<!-- <script src="chat-widget.js"> --><script>"<b>"</script><template><i></i></template>
    <noscript><u></u></noscript><textarea><s></textarea><p>`;
  expect(tags(html).map(({ name }) => name)).toEqual(['script', 'template', 'noscript', 'textarea', 'p']);
});

it('counts lines, keeps the text of scripts, and takes the first of two attributes', () => {
  const [, second] = readElements('<a>\n\n<script id=1 id=2>let a = 1 < 2;</script>');
  expect(second).toEqual({ name: 'script', attributes: { id: '1' }, text: 'let a = 1 < 2;', line: 3 });
});

it.each(['<', '<a', '<a b="', '<!--', '<script>', '<a b=c', '</', 'x < y'])('survives the broken end of %j', (html) => {
  expect(readElements(html).length).toBeLessThanOrEqual(1);
});

it('takes a megabyte of open tags in its stride', () => {
  expect(readElements('<a "'.repeat(250_000)).length).toBeGreaterThan(0);
});
