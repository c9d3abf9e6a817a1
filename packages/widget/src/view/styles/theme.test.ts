import { expect, test } from 'vitest';
import { resolveConfig } from '../../config/resolve-config.ts';
import { themeCss } from './theme.ts';

const pairs = [
  ['text', 'surface'],
  ['muted', 'surface'],
  ['text', 'code-background'],
  ['muted', 'code-background'],
  ['code-comment', 'code-background'],
  ['code-string', 'code-background'],
  ['code-number', 'code-background'],
  ['code-keyword', 'code-background'],
  ['code-name', 'code-background'],
];

test.each([
  ['light', false],
  ['dark', true],
])('every text of the %s theme reads on its ground with the contrast of WCAG AA', (_, isDark) => {
  const css = themeCss(resolveConfig({}), isDark, 0);
  const colorOf = (name: string) => new RegExp(`--salient-${name}:#(\\w{6})`).exec(css)?.[1] ?? '';
  const poor = pairs.filter(([ink = '', ground = '']) => contrast(colorOf(ink), colorOf(ground)) < 4.5);
  expect(poor).toEqual([]);
});

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
