import { OPEN_CHAT } from '../locales/launcher-words.ts';

/**
 * The closed launcher without Preact. `takeLauncher` makes it the node that `launcher.tsx` renders when the panel has
 * come, so that neither focus nor a click in flight is lost.
 */
export function drawLauncher(): HTMLElement {
  const button = document.createElement('button');
  button.className = 'launcher';
  button.setAttribute('aria-label', OPEN_CHAT);
  return button;
}
