import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { findImageAddress } from './markdown/safe-url.ts';
import { useWidget } from './widget-context.ts';

interface PictureProps {
  /** Empty for none. */
  address: string;
  class: string;
  /** Stands in where there is no picture, or it may not or cannot be had. */
  children?: ComponentChildren;
}

/** A picture of the owner's, decorative. It is asked for only from the hosts that answers may show images of. */
export function Picture({ address, class: className, children }: PictureProps) {
  const { config } = useWidget();
  const [failed, setFailed] = useState('');
  const source = address && address !== failed ? findImageAddress(address, config.value.imageHosts) : null;
  if (!source) return <>{children}</>;
  return <img class={className} src={source} alt="" referrerpolicy="no-referrer" onError={() => setFailed(address)} />;
}
