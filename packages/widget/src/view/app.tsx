import { useLayoutEffect, useRef } from 'preact/hooks';
import { LauncherButton } from './launcher.tsx';
import { Panel } from './panel.tsx';
import { TeaserBubble } from './teaser.tsx';
import { useWidget } from './widget-context.ts';

/** The whole widget. The panel is drawn when it is first wanted, and then kept, so that it reopens as it was left. */
export function App() {
  const { config, hasOwnLauncher, launcher, viewport } = useWidget();
  const isFloating = config.value.mode === 'floating';
  const isOpen = launcher.isOpen.value || !isFloating;
  const wasOpened = useRef(false);
  const launcherButton = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLElement>(null);
  const opener = useRef<Element>(null);
  wasOpened.current ||= isOpen;

  // Before the browser notices that what had the focus is gone.
  useLayoutEffect(() => {
    const box = panel.current;
    if (!box || !isFloating || !launcher.movesFocus.peek()) return;
    if (isOpen) {
      opener.current = box.ownerDocument.activeElement;
      // On a phone the message box would bring the keyboard over everything there is to read first.
      (viewport.peek().isPhone ? box : box.querySelector('textarea'))?.focus({ preventScroll: true });
    } else if (hasFocus(box)) {
      if (launcherButton.current) launcherButton.current.focus();
      else (opener.current as HTMLElement | null)?.focus();
    }
  }, [isOpen]);

  return (
    <>
      {hasOwnLauncher && <LauncherButton buttonRef={launcherButton} />}
      {hasOwnLauncher && <TeaserBubble />}
      {wasOpened.current && <Panel panelRef={panel} isOpen={isOpen} />}
    </>
  );
}

function hasFocus(element: HTMLElement): boolean {
  return element.contains((element.getRootNode() as ShadowRoot).activeElement);
}
