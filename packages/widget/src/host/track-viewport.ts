import { signal, type ReadonlySignal } from '@preact/signals';
import type { Viewport } from '../view/viewport.ts';

/** The widest window that counts as a phone. The same number stands in panel.css. */
const PHONE_QUERY = '(max-width: 480px)';

/** Follows the visible part of the window until `ended` fires. */
export function trackViewport(ended: AbortSignal): ReadonlySignal<Viewport> {
  const phone = matchMedia(PHONE_QUERY);
  const visual = window.visualViewport;
  // To measure costs a layout of the page, so only a sheet does.
  const measure = (): Viewport => {
    const isPhone = phone.matches;
    return {
      isPhone,
      top: (isPhone && visual?.offsetTop) || 0,
      height: (isPhone && visual?.height) || window.innerHeight,
    };
  };
  const viewport = signal(measure());
  const update = () => (viewport.value = measure());
  phone.addEventListener('change', update, { signal: ended });
  visual?.addEventListener('resize', update, { signal: ended });
  visual?.addEventListener('scroll', update, { signal: ended });
  return viewport;
}
