import { expect, test } from 'vitest';
import { decodeEntities } from './decode-entities.ts';

test.each([
  ['&amp; &lt; &gt; &quot; &apos; &nbsp;', `& < > " ' \u00A0`],
  ['&copy; &yuml; &Omega; &sigmaf; &mdash; &hellip; &rarr; &radic; &diams; &check;', '© ÿ Ω ς — … → √ ♦ ✓'],
  ['&#35; &#x22; &#X1F600;', '# " 😀'],
  ['&#0; &#xD800; &#x110000;', '\uFFFD \uFFFD \uFFFD'],
  ['&amp;lt; AT&T &nope; &amp &#;', '&lt; AT&T &nope; &amp &#;'],
])('decodes %j', (source, text) => {
  expect(decodeEntities(source)).toBe(text);
});
