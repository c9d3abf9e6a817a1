// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { renderPart } from '../../test/render-part.ts';
import { Citations } from './citations.tsx';

test('a quote is read as plain text as soon as what reads answers has come', async () => {
  const quote = 'We ship to **38 countries**.';
  const citations = [{ index: 1, title: 'Shipping', section: null, quote, url: null }];
  const { find, pieces } = renderPart(<Citations citations={citations} />);
  expect(find('blockquote')?.textContent).toBe(quote);
  pieces.reader.load();
  await eventually(() => expect(find('blockquote')?.textContent).toBe('We ship to 38 countries.'));
});
