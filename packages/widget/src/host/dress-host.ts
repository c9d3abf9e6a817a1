import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { Config } from '../config/resolve-config.ts';
import type { LaterPiece } from '../view/markdown/later-piece.ts';
import type { MarkdownPieces } from '../view/markdown/pieces.ts';
import { lookCss } from '../view/styles/look.ts';
import panelCss from '../view/styles/panel.css?inline';
import { themeCss } from '../view/styles/theme.ts';
import type { WidgetHost } from './create-host.ts';
import { raiseHost } from './raise-host.ts';

/** Gives a host its sheets and keeps them true to the settings and the visitor's system. Returns what ends that. */
export function dressHost(
  host: WidgetHost,
  config: ReadonlySignal<Config>,
  isHidden: ReadonlySignal<boolean>,
  { reader }: MarkdownPieces,
  conversation: LaterPiece<typeof import('../view/styles/conversation-styles.ts')>,
  stackIndex: number,
): () => void {
  const ended = new AbortController();
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const isSystemDark = signal(systemDark.matches);
  systemDark.addEventListener('change', () => (isSystemDark.value = systemDark.matches), { signal: ended.signal });
  const isDark = computed(() => config.value.theme === 'dark' || (config.value.theme === 'auto' && isSystemDark.value));

  const markdown = new CSSStyleSheet();
  const later = new CSSStyleSheet();
  const panel = new CSSStyleSheet();
  const zIndex = computed(() => config.value.zIndex);
  const theme = new CSSStyleSheet();
  panel.replaceSync(panelCss);
  host.root.adoptedStyleSheets.push(markdown, later, panel, theme);
  const stops = [
    effect(() => host.setLook(lookCss({ ...config.value, stackIndex, isHidden: isHidden.value }))),
    effect(() => {
      if (config.peek().mode === 'floating') raiseHost(host.element, zIndex.value);
    }),
    effect(() => theme.replaceSync(themeCss(config.value, isDark.value, stackIndex))),
    effect(() => markdown.replaceSync(reader.piece.value?.markdownStyles ?? '')),
    effect(() => later.replaceSync(conversation.piece.value?.conversationCss ?? '')),
    effect(() => void host.container.classList.toggle('dark', isDark.value)),
  ];
  return () => {
    ended.abort();
    for (const stop of stops) stop();
  };
}
