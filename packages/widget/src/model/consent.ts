import type { WidgetStorage } from './storage.ts';

/** What a visitor has to agree to before the first message, where the site asks for it. */
export interface Consent {
  /** True until the visitor has agreed to the text as it is now. */
  isNeeded(): boolean;
  give(): void;
  /** For the next person at this browser. */
  withdraw(): void;
  /** The text agreed to, for the server's record. */
  given(): string | undefined;
  /** Given by what is on its way: the server does not know of it yet. */
  isUntold: boolean;
}

/** Remembers the text itself, so that a changed one is asked for again. */
export function createConsent(storage: WidgetStorage, text: () => string | undefined): Consent {
  const isGiven = () => text() !== undefined && storage.get('consent') === text();
  return {
    isUntold: false,
    isNeeded: () => text() !== undefined && !isGiven(),
    give() {
      storage.set('consent', text() ?? null);
      this.isUntold = true;
    },
    withdraw: () => storage.set('consent', null),
    given: () => (isGiven() ? text() : undefined),
  };
}
