/** Makes what the loader has drawn the very node that `launcher.tsx` renders, whatever has happened to it meanwhile. */
export function takeLauncher(button: HTMLElement, label: string): void {
  button.onclick = button.onfocus = button.onpointerover = null;
  button.className = 'launcher';
  button.setAttribute('aria-label', label);
  button.setAttribute('aria-expanded', 'false');
}
