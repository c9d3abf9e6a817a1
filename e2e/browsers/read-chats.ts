/** Runs in the page: what a visitor sees of each of its chats, in the order in which they stand there. */
export function readChats() {
  return [...document.querySelectorAll('salient-chat')].flatMap(({ shadowRoot }) => {
    if (!shadowRoot) return [];
    const panel = shadowRoot.querySelector('[role="dialog"], [role="region"]');
    return {
      isOpen: Boolean(panel?.getClientRects().length),
      isAnswering: Boolean(panel?.querySelector('[aria-label="Stop"]')),
      composerText: panel?.querySelector('textarea')?.value ?? null,
      logText: panel?.querySelector('[role="log"]')?.textContent ?? '',
    };
  });
}

/** Runs in the page: brings a control of a chat into view, and says where its middle is; null where there is none. */
export function showControl({ index, name }: { index: number; name: string }) {
  const chats = [...document.querySelectorAll('salient-chat')].filter(({ shadowRoot }) => shadowRoot);
  const control = chats[index]?.shadowRoot?.querySelector(`[aria-label="${name}"]`);
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
