import { createId } from './create-id.ts';
import type { WidgetStorage } from './storage.ts';

/** How the widget's `news` in storage begin when they are that somebody has left. */
export const LEFT = 'left ';

/** Whether this browser was told who its visitor is, so that signing out has somebody to sign out. */
export interface IdentityMark {
  isSet(): boolean;
  set(isIdentified: boolean): void;
  /** Lets the other tabs know that the person has left. */
  tellLeft(): void;
}

/** Without it, pages that say `identify(null)` to whoever is not signed in would end everybody's conversation. */
export function createIdentityMark(storage: WidgetStorage): IdentityMark {
  return {
    isSet: () => storage.get('identified') !== null,
    set: (isIdentified) => storage.set('identified', isIdentified ? '1' : null),
    tellLeft: () => storage.set('news', LEFT + createId()),
  };
}
