import type { ComponentChildren } from 'preact';
import { findHiddenTarget } from './safe-url.ts';

interface LinkProps {
  address: string;
  /** The visible text, to tell whether it hides where the link leads. */
  text: string;
  title: string | null | undefined;
  children: ComponentChildren;
}

/** A link that opens apart from the page, passes nothing on, and says where it leads. */
export function Link({ address, text, title, children }: LinkProps) {
  const titleParts = [title, findHiddenTarget(address, text)].filter(Boolean);
  return (
    <a
      href={address}
      title={titleParts.join(' · ') || undefined}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
    >
      {children}
    </a>
  );
}
