import type { ComponentChild } from 'preact';

/**
 * Raw HTML in an answer is shown as the text it is; only `<br>` becomes a line break.
 * A sanitiser that turns harmless HTML into nodes belongs here, and nowhere else.
 */
export function renderRawHtml(html: string): ComponentChild {
  return /^\s*<br\s*\/?>\s*$/i.test(html) ? <br /> : html;
}
