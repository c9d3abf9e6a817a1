import { readAttributes } from '../config/read-attributes.ts';
import type { Widget } from './widget.ts';

/** Makes what the page changes on its `<salient-chat>` a change of settings. Ends with the element. */
export function followAttributes(element: Element, widget: Pick<Widget, 'update'>): void {
  let before = readAttributes(element);
  new MutationObserver(() => {
    const now = readAttributes(element);
    const gone = Object.keys(before).filter((name) => !(name in now));
    const changed = Object.entries(now).filter(([name, value]) => before[name] !== value);
    before = now;
    widget.update(Object.fromEntries([...gone.map((name) => [name, null]), ...changed]));
  }).observe(element, { attributes: true });
}
