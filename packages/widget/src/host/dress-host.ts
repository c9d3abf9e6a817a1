import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { Config } from '../config/resolve-config.ts';
import { markdownStyles } from '../view/markdown/markdown-styles.ts';
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
  stackIndex: number,
): () => void {
  const ended = new AbortController();
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const isSystemDark = signal(systemDark.matches);
  systemDark.addEventListener('change', () => (isSystemDark.value = systemDark.matches), { signal: ended.signal });
  const isDark = computed(() => config.value.theme === 'dark' || (config.value.theme === 'auto' && isSystemDark.value));

  const zIndex = computed(() => config.value.zIndex);
  const theme = new CSSStyleSheet();
  host.root.adoptedStyleSheets.push(sheetOf(markdownStyles), sheetOf(panelCss), theme);
  const stops = [
    effect(() => host.setLook(lookCss({ ...config.value, stackIndex, isHidden: isHidden.value }))),
    effect(() => {
      if (config.peek().mode === 'floating') raiseHost(host.element, zIndex.value);
    }),
    effect(() => theme.replaceSync(themeCss(config.value, isDark.value, stackIndex))),
    effect(() => void host.container.classList.toggle('dark', isDark.value)),
  ];
  return () => {
    ended.abort();
    for (const stop of stops) stop();
  };
}

function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
