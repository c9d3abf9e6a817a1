import { launcherWords } from '../locales/launcher-words.ts';

/**
 * The closed launcher without Preact. `launcher.tsx` renders the same node and takes this one over when the panel has
 * come, so that neither focus nor a click in flight is lost.
 */
export function drawLauncher(): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'launcher bubble-icon';
  button.setAttribute('aria-label', launcherWords.openChat);
  button.setAttribute('aria-expanded', 'false');
  return button;
}
