import type { Locator, Page } from '@playwright/test';

/** A widget on a page, by the roles and names that the contract fixes. */
export interface Chat {
  readonly launcher: Locator;
  readonly panel: Locator;
  readonly log: Locator;
  readonly composer: Locator;
  open(): Promise<void>;
  ask(text: string): Promise<void>;
}

/** @param title the panel's name; needed where a page has several widgets */
export function chatOn(page: Page, title?: string): Chat {
  const panel = page.getByRole('dialog', title === undefined ? {} : { name: title });
  const launcher = page.getByRole('button', { name: 'Open chat' });
  const composer = panel.getByRole('textbox', { name: 'Message' });
  return {
    launcher,
    panel,
    composer,
    log: panel.getByRole('log'),
    async open() {
      await launcher.click();
      await composer.waitFor();
    },
    async ask(text) {
      await composer.fill(text);
      await panel.getByRole('button', { name: 'Send' }).click();
    },
  };
}

/** The tag as a site owner pastes it. */
export function widgetTag(serverUrl: string, attributes: Record<string, string> = {}): string {
  const written = Object.entries(attributes).map(([name, value]) => ` data-${name}="${value}"`);
  return `<script async src="${serverUrl}/chat-widget.js"${written.join('')}></script>`;
}

declare global {
  interface Window {
    /** The widget's script interface, as a page calls it. */
    Salient?: (command: string, ...rest: unknown[]) => void;
  }
}
