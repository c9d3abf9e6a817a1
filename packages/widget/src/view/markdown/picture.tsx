import { Link } from './link.tsx';
import type { RenderContext } from './render-context.ts';
import { findImageAddress, findLinkAddress } from './safe-url.ts';

interface PictureProps {
  href: string;
  alt: string;
  title: string | null | undefined;
  context: RenderContext;
}

/** An image from an allowed host; otherwise a link to it, so that looking at an answer calls nobody. */
export function Picture({ href, alt, title, context }: PictureProps) {
  const source = findImageAddress(href, context.imageHosts);
  if (source !== null) {
    return (
      <img
        src={source}
        alt={alt}
        title={title || undefined}
        loading="lazy"
        decoding="async"
        referrerpolicy="no-referrer"
      />
    );
  }
  const address = findLinkAddress(href);
  if (address === null || context.isInsideLink) return <>{alt}</>;
  return (
    <Link address={address} text={alt} title={title}>
      {alt || address}
    </Link>
  );
}
