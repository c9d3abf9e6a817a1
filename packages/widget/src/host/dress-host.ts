import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { Config } from '../config/resolve-config.ts';
import type { LaterPiece } from '../model/later-piece.ts';
import type { MarkdownPieces } from '../view/markdown/pieces.ts';
import { hostCss } from '../view/styles/host.ts';
import { lookCss } from '../view/styles/look.ts';
import panelCss from '../view/styles/panel.css?inline';
import { themeCss } from '../view/styles/theme.ts';
import { raiseHost } from './raise-host.ts';

/** Gives a widget's root its sheets and keeps them true to the settings and the visitor's system. Returns what ends that. */
export function dressHost(
  root: ShadowRoot,
  config: ReadonlySignal<Config>,
  isHidden: ReadonlySignal<boolean>,
  { reader }: MarkdownPieces,
  conversation: LaterPiece<typeof import('../view/conversation/conversation.ts')>,
  stackIndex: number,
): () => void {
  const ended = new AbortController();
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const isSystemDark = signal(systemDark.matches);
  systemDark.addEventListener('change', () => (isSystemDark.value = systemDark.matches), { signal: ended.signal });
  const isDark = computed(() => config.value.theme === 'dark' || (config.value.theme === 'auto' && isSystemDark.value));

  const container = root.firstElementChild as HTMLElement;
  const { mode } = config.peek();
  const zIndex = computed(() => config.value.zIndex);
  const look = new CSSStyleSheet();
  const markdown = new CSSStyleSheet();
  const later = new CSSStyleSheet();
  const panel = new CSSStyleSheet();
  const theme = new CSSStyleSheet();
  panel.replaceSync(panelCss);
  const sheets = [look, markdown, later, panel, theme];
  root.adoptedStyleSheets.push(...sheets);
  container.className = 'salient';
  const stops = [
    effect(() => look.replaceSync(lookCss({ ...config.value, index: stackIndex }) + hostCss(mode, isHidden.value))),
    effect(() => {
      if (mode === 'floating') raiseHost(root.host as HTMLElement, zIndex.value);
    }),
    effect(() => theme.replaceSync(themeCss(config.value, isDark.value, stackIndex))),
    effect(() => markdown.replaceSync(reader.piece.value?.markdownStyles ?? '')),
    effect(() => later.replaceSync(conversation.piece.value?.conversationCss ?? '')),
    effect(() => void container.classList.toggle('dark', isDark.value)),
  ];
  return () => {
    ended.abort();
    for (const stop of stops) stop();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet));
  };
}
