import { expect, it } from 'vitest';
import type { Passage } from '../../providers/model-provider.ts';
import { citedPassages } from './cited-passages.ts';

const passages: Passage[] = ['Returns', 'Shipping', 'Hours'].map((documentTitle) => ({
  documentTitle,
  section: null,
  content: `${documentTitle} in ${'many '.repeat(100)}words.`,
  url: 'https://shop.example/help',
  score: 1,
}));

it('finds the passages that an answer marks, by number, once each', () => {
  const cited = citedPassages(
    'Thirty days [3]. See also [1] and again [3], not [9] or [2](https://x.example).',
    passages,
  );
  expect(cited.map(({ index, title }) => [index, title])).toEqual([
    [1, 'Returns'],
    [3, 'Hours'],
  ]);
});

it('quotes the beginning of a long passage', () => {
  const [citation] = citedPassages('[1]', passages);
  expect(citation?.quote).toMatch(/^Returns in many .*…$/);
  expect(citation?.quote.length).toBe(301);
});
