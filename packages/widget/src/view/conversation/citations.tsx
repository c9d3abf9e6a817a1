import type { Citation } from '@salient/shared-types';
import { useWidget } from '../widget-context.ts';

/** The numbered sources of an answer. Each opens to the passage as quoted. */
export function Citations({ citations }: { citations: Citation[] }) {
  const { words } = useWidget();
  return (
    <section class="citations">
      <p class="citations-title">{words.value.sources}</p>
      <ol class="citations-list">
        {citations.map((citation) => (
          <li key={citation.index} class="citation">
            <span class="citation-index">{citation.index}</span>
            <Source citation={citation} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Source({ citation: { title, section, quote, url } }: { citation: Citation }) {
  const reader = useWidget().pieces.reader.piece.value;
  const name = section && section !== title ? `${title} · ${section}` : title;
  const address = url && /^https?:\/\//i.test(url) ? url : null;
  return (
    <details class="citation-body">
      {/* A title in another direction still stands beside its number. */}
      <summary>
        <bdi>{name}</bdi>
      </summary>
      <blockquote dir="auto">{reader?.plainQuote(quote) ?? quote}</blockquote>
      {address && (
        <a href={address} target="_blank" rel="noopener noreferrer nofollow ugc">
          {new URL(address).host}
        </a>
      )}
    </details>
  );
}
