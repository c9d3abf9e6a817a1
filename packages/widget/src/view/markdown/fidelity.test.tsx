// @vitest-environment happy-dom
import { render } from 'preact';
import { expect, test, vi } from 'vitest';
import commonmark from '../../../fixtures/corpora/commonmark/commonmark.0.31.2.json' with { type: 'json' };
import gfm from '../../../fixtures/corpora/gfm/gfm.0.29.json' with { type: 'json' };
import { createLoadedPieces } from './loaded-pieces.ts';
import { Markdown } from './markdown.tsx';
import type * as SafeUrl from './safe-url.ts';
import { treeOf } from './tree-of.ts';

// Many cases in one test: on a busy machine they may take longer than the usual limit.
vi.setConfig({ testTimeout: 60_000 });

// The examples lead to relative addresses, which the widget refuses. Here every address passes, so that addresses,
// titles and images are compared too; what is refused is tested with the real rules beside them.
vi.mock('./safe-url.ts', async (importOriginal) => {
  const { encodeAddress } = await importOriginal<typeof SafeUrl>();
  return { findLinkAddress: encodeAddress, findImageAddress: encodeAddress, findHiddenTarget: () => null };
});

const pieces = createLoadedPieces();

interface Example {
  example: number;
  markdown: string;
  html: string;
}

// What the two specifications do not agree on, or what is left out on purpose:
const differingOnPurpose = [
  25, // names of the long HTML list that are not in our short one
  156,
  157,
  158, // raw HTML whose tag never closes: shown as text
  602,
  608,
  611,
  612, // GFM links addresses without angle brackets, CommonMark alone does not
];

test('renders 575 of the 583 CommonMark 0.31.2 examples without raw HTML as the specification says', () => {
  expect(compare(commonmark)).toEqual({ compared: 583, differing: differingOnPurpose });
});

test('renders all 27 GFM 0.29 extension examples without raw HTML as the specification says', () => {
  expect(compare(gfm)).toEqual({ compared: 27, differing: [] });
});

function compare(examples: readonly Example[]) {
  const withoutHtml = examples.filter((example) => !containsRawHtml(example));
  const differing = withoutHtml.filter((example) => rendered(example) !== expected(example));
  return { compared: withoutHtml.length, differing: differing.map((example) => example.example) };
}

/** A tag stands in the source, and in the expected output just as it stood. */
function containsRawHtml({ markdown, html }: Example): boolean {
  const tags = markdown.match(/<(?:[a-zA-Z/][^<>]*|[!?][^]*?)>/g) ?? [];
  return tags.some((tag) => html.includes(tag));
}

function rendered({ markdown }: Example): string {
  const root = document.createElement('div');
  render(
    <Markdown
      text={markdown}
      streaming={false}
      imageHosts={[]}
      words={{ copyCode: 'Copy', copied: 'Copied' }}
      pieces={pieces}
    />,
    root,
  );
  return treeOf(root.firstElementChild ?? root);
}

function expected({ html }: Example): string {
  const root = document.createElement('div');
  root.innerHTML = html
    .replaceAll(/(<\/?h)([1-6])>/g, (_, open, level) => `${open}${Math.min(Number(level) + 2, 6)}>`)
    .replaceAll('\n</code></pre>', '</code></pre>');
  return treeOf(root);
}
