import type { Config } from '../../config/resolve-config.ts';
import { LAUNCHER_STEP_PX } from './look.ts';

/** Room one panel takes beside another, in px. */
const PANEL_STEP_PX = 412;

/** The colours an owner may replace, by `salient-chat { --salient-surface: ... }` in the page's own sheet. */
const light = {
  surface: '#ffffff',
  text: '#1b1d21',
  muted: '#62666d',
  border: '#e4e6ea',
  'control-border': '#8b9098',
  hover: '#f1f2f4',
  'code-background': '#f3f4f6',
  'code-comment': '#5d646c',
  'code-string': '#0a6b2d',
  'code-number': '#8a4600',
  'code-keyword': '#a3195b',
  'code-name': '#1a55a8',
};
const dark: typeof light = {
  surface: '#1c1d21',
  text: '#edeef0',
  muted: '#a3a8b1',
  border: '#34363c',
  'control-border': '#74787f',
  hover: '#303238',
  'code-background': '#292b30',
  'code-comment': '#9da4ad',
  'code-string': '#8fd6a1',
  'code-number': '#f0b57e',
  'code-keyword': '#f49ac1',
  'code-name': '#8fbcff',
};

/** The sheet of one panel: the part of its look that the launcher does not need. */
export function themeCss(config: Config, isDark: boolean, stackIndex: number): string {
  const { position, offsetX, offsetY, radius, density } = config;
  const colors = Object.entries(isDark ? dark : light).map(([name, color]) => `--salient-${name}:${color};`);
  const [vertical, side] = position.split('-');
  const room = offsetY + LAUNCHER_STEP_PX;
  // Panels stand side by side while there is room, and never leave the window.
  const x = `max(8px,min(${offsetX + stackIndex * PANEL_STEP_PX}px,100vw - 408px))`;
  return (
    `:host{${colors.join('')}--salient-panel-room:${room + 12}px;--salient-radius:${radius}px;` +
    `--salient-space:${density === 'compact' ? 10 : 16}px;--salient-font-size:${density === 'compact' ? 13.5 : 14.5}px}` +
    `.teaser{${vertical}:${room}px;${side}:${offsetX + stackIndex * LAUNCHER_STEP_PX}px}` +
    `@media(min-width:481px){.panel.floating{${vertical}:${room}px;${side}:${x}}}`
  );
}
