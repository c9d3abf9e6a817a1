/**
 * Lets elements of the page's own open the chat. Listens at the document, so that elements which come later count too.
 *
 * @param onUse told of interest (the pointer, the focus) and of clicks
 */
export function watchLaunchers(selector: string, ended: AbortSignal, onUse: (isClick: boolean) => void): void {
  for (const button of document.querySelectorAll<HTMLElement>(selector)) {
    // Anything may be a launcher, so anything must be a button to a keyboard and a screen reader.
    if (button.tabIndex < 0) {
      button.tabIndex = 0;
      button.setAttribute('role', 'button');
    }
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-expanded', 'false');
  }
  for (const type of ['pointerover', 'focusin', 'keydown', 'click']) {
    const listen = (event: Event) => {
      const button = (event.target as Element).closest<HTMLElement>(selector);
      if (!button) return;
      if (type === 'keydown') {
        if (!/^(Enter| )$/.test((event as KeyboardEvent).key)) return;
        event.preventDefault();
        button.click();
      } else {
        if (type === 'click') {
          // A link may lead to a contact form where there are no scripts. Safari does not focus what it clicks.
          event.preventDefault();
          button.focus();
        }
        onUse(type === 'click');
      }
    };
    document.addEventListener(type, listen, { capture: true, signal: ended });
  }
}
