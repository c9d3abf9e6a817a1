import type { ChangedOptions } from './follow-attributes.ts';
import type { LaunchedWidget, LoaderPage } from './loader-page.ts';

/**
 * Makes a standing `<salient-chat>` another widget: for another agent, say, or another mode. An element can be given a
 * shadow root only once, so the new one moves into that of the old.
 */
export function replaceWidget(launched: LaunchedWidget, changes: ChangedOptions, page: LoaderPage): void {
  const { element } = launched;
  const { parentNode, nextSibling } = element;
  launched.release?.();
  element.popover = null;
  parentNode?.insertBefore(element, nextSibling);
  const next: LaunchedWidget = { ...launched, options: { ...launched.options, ...changes } };
  // Of the old one only its place remains.
  for (const name of ['config', 'toggle', 'release'] as const) delete next[name];
  page.widgets = page.widgets.map((other) => (other === launched ? next : other));
  page.adopt(next);
}
