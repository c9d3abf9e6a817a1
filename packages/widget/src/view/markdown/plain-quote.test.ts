import { expect, test } from 'vitest';
import { plainQuote } from './plain-quote.ts';

test.each([
  ['We ship to **38 countries**, and *soon* to `NO`.', 'We ship to 38 countries, and soon to NO.'],
  ['## Shipping\nSee [our page](https://example.com/s) or ![a map](m.png).', 'Shipping\nSee our page or a map.'],
  ['> - by __card__\n> - [x] by ~~cheque~~\n1. later', '• by card\n• by cheque\n1. later'],
  ['| Country | Days |\n| --- | ---: |\n| **Norway** | 4 |', 'Country · Days\nNorway · 4'],
  ['```js\nconst a = 1;\n```\n\n---\nend', 'const a = 1;\n\nend'],
  ['snake_case_name, 2 * 3 * 4, __init__.py and \\*this\\*', 'snake_case_name, 2 * 3 * 4, init.py and *this*'],
  ['cut in the **middle', 'cut in the **middle'],
  ['', ''],
])('%j reads %j', (quote, read) => {
  expect(plainQuote(quote)).toBe(read);
});
