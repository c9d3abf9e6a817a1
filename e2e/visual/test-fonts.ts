import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const require = createRequire(import.meta.url);

/** Family, package and part of the fonts: what a machine has installed must not decide what is compared. */
const faces = [
  ...[400, 600, 700].map((weight) => ({
    family: 'Test Sans',
    file: `noto-sans/files/noto-sans-latin-${weight}`,
    weight,
  })),
  ...[400, 600, 700].map((weight) => ({
    family: 'Test Arabic',
    file: `noto-sans-arabic/files/noto-sans-arabic-arabic-${weight}`,
    weight,
  })),
  { family: 'Test Mono', file: 'noto-sans-mono/files/noto-sans-mono-latin-400', weight: 400 },
];

const addressOf = (file: string) => `/${file.split('/').at(-1)}.woff2`;

/** Files of the test page. The widget itself brings no font. */
export const fontFiles: Record<string, Buffer> = Object.fromEntries(
  faces.map(({ file }) => [addressOf(file), readFileSync(require.resolve(`@fontsource/${file}-normal.woff2`))]),
);

export const fontSheet = faces
  .map(
    ({ family, file, weight }) =>
      `@font-face{font-family:"${family}";font-weight:${weight};src:url("${addressOf(file)}") format("woff2")}`,
  )
  .join('');

/** Lets the widget on the page use these fonts in place of the system's. */
export async function useTestFonts(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await Promise.all([...document.fonts].map((face) => face.load()));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.salient, .salient :not(pre, pre *, code) { font-family: "Test Sans", "Test Arabic" !important }
      .salient :is(pre, code) { font-family: "Test Mono" !important }`);
    document.querySelector('salient-chat')!.shadowRoot!.adoptedStyleSheets.push(sheet);
  });
}
