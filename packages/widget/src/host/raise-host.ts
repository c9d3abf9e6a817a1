import { TOP_Z_INDEX } from '../config/options.ts';

/**
 * Puts a floating widget into the browser's top layer, where no transform, filter or containment of the page's own root
 * moves or cuts it, as the loader has done at first. Not if its owner wants it at a certain height between other things,
 * and not over a modal dialog: there it could be seen but not used.
 */
export function raiseHost(element: HTMLElement, zIndex: number): void {
  const isOnTop = zIndex === TOP_Z_INDEX && element.isConnected && !document.querySelector(':modal');
  if (!isOnTop) element.popover = null;
  else if (!element.popover) {
    element.popover = 'manual';
    element.showPopover?.();
  }
}
