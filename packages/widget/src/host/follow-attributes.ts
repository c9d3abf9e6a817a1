import { readAttributes } from '../config/read-attributes.ts';
import type { Widget } from './widget.ts';

/** Makes what the page changes on its `<salient-chat>` a change of settings. Returns what ends that. */
export function followAttributes(element: Element, widget: Pick<Widget, 'update'>): () => void {
  let before = readAttributes(element);
  const observer = new MutationObserver(() => {
    const now = readAttributes(element);
    const gone = Object.keys(before).filter((name) => !(name in now));
    const changed = Object.entries(now).filter(([name, value]) => before[name] !== value);
    before = now;
    widget.update(Object.fromEntries([...gone.map((name) => [name, null]), ...changed]));
  });
  observer.observe(element, { attributes: true });
  return () => observer.disconnect();
}
