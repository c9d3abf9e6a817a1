/** Runs in the page: what a visitor sees of one of its chats; undefined while it is not there. */
export function readChat(within: string) {
  const root = document.querySelector(`${within} salient-chat`)?.shadowRoot;
  if (!root) return undefined;
  const panel = root.querySelector('[role="dialog"], [role="region"]');
  return {
    isOpen: Boolean(panel?.getClientRects().length),
    isAnswering: Boolean(panel?.querySelector('[aria-label="Stop"]')),
    focused: root.activeElement?.getAttribute('aria-label') ?? null,
    composerText: panel?.querySelector('textarea')?.value ?? null,
    logText: panel?.querySelector('[role="log"]')?.textContent ?? '',
    answerText: [...(panel?.querySelectorAll('.message.assistant .markdown') ?? [])].at(-1)?.textContent ?? '',
  };
}

/** Runs in the page: brings a control of a chat into view, and says where its middle is; null where there is none. */
export function showControl({ within, name }: { within: string; name: string }) {
  const root = document.querySelector(`${within} salient-chat`)?.shadowRoot;
  const control = root?.querySelector(`[aria-label="${name}"]`);
  if (!control?.getClientRects().length) return null;
  control.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  const { x, y, width, height } = control.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}

/** Runs in the page: brings an element into view, and says where its content begins. */
export function showElement(selector: string) {
  const element = document.querySelector(selector)!;
  element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  const { x, y } = element.getBoundingClientRect();
  return { x: x + element.clientLeft, y: y + element.clientTop };
}

/**
 * Runs in the page: keeps the path of every stream that is asked for from now on. Not left to the browser's resource
 * timing, which knows nothing of a stream that its reader was done with before the server was.
 */
export function watchStreams(): void {
  window.streamPaths = [];
  const fetch = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    if (pathname.endsWith('/stream')) window.streamPaths.push(pathname);
    return fetch(input, init);
  };
}

declare global {
  interface Window {
    streamPaths: string[];
  }
}
