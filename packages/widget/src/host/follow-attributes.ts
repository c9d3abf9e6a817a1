import { readAttributes } from '../config/read-attributes.ts';
import { FIXED } from './mount-widget.ts';
import type { Widget } from './widget.ts';

/** What has come to be said of an option, or null where nothing is said of it any more. */
export type ChangedOptions = Record<string, string | null>;

/**
 * Makes what the page changes on its `<salient-chat>` a change of settings. Returns what ends that.
 *
 * @param replace told of changes that make it another widget
 */
export function followAttributes(
  element: Element,
  widget: Pick<Widget, 'update'>,
  replace: (changes: ChangedOptions) => void,
): () => void {
  let before = readAttributes(element);
  const observer = new MutationObserver(() => {
    const now = readAttributes(element);
    const gone = Object.keys(before).filter((name) => !(name in now));
    const changed = Object.entries(now).filter(([name, value]) => before[name] !== value);
    before = now;
    const changes: ChangedOptions = Object.fromEntries([...gone.map((name) => [name, null]), ...changed]);
    if (FIXED.some((name) => name in changes)) replace(changes);
    else widget.update(changes);
  });
  observer.observe(element, { attributes: true });
  return () => observer.disconnect();
}
