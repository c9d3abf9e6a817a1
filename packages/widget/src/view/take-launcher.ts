import { OPEN_CHAT } from '../locales/launcher-words.ts';

/** Makes what the loader has drawn the very node that `launcher.tsx` renders, whatever has happened to it meanwhile. */
export function takeLauncher(button: HTMLElement): void {
  button.onclick = button.onfocus = button.onpointerover = null;
  button.className = 'launcher';
  button.removeAttribute('style');
  button.setAttribute('aria-label', OPEN_CHAT);
  button.setAttribute('aria-expanded', 'false');
}
