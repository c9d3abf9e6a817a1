import { useLayoutEffect, useRef } from 'preact/hooks';
import { LauncherButton } from './launcher.tsx';
import { Panel } from './panel.tsx';
import { useWidget } from './widget-context.ts';

/** The whole widget. The panel is drawn when it is first wanted, and then kept, so that it reopens as it was left. */
export function App() {
  const { config, launcher } = useWidget();
  const isFloating = config.value.mode === 'floating';
  const isOpen = launcher.isOpen.value || !isFloating;
  const wasOpened = useRef(false);
  const launcherButton = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLElement>(null);
  wasOpened.current ||= isOpen;

  // Before the browser notices that what had the focus is gone.
  useLayoutEffect(() => {
    if (!isFloating || !wasOpened.current || !launcher.movesFocus.peek()) return;
    if (isOpen) panel.current?.querySelector('textarea')?.focus();
    else if (hasFocus(panel.current)) launcherButton.current?.focus();
  }, [isOpen]);

  return (
    <>
      {isFloating && <LauncherButton buttonRef={launcherButton} />}
      {wasOpened.current && <Panel panelRef={panel} isOpen={isOpen} />}
    </>
  );
}

function hasFocus(element: HTMLElement | null): boolean {
  return element?.contains((element.getRootNode() as ShadowRoot).activeElement) ?? false;
}
