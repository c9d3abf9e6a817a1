/**
 * Styles of a rendered answer, for the shadow root's style sheet. Sizes are px because `rem` is the page's. Colours come
 * from the host's custom properties; the fallbacks are for a light surface. What is out of sight is not laid out, except
 * what scrolls by itself (without its content it would forget how far) and the newest blocks: a browser first draws such a
 * one at its guessed size, for a frame, and what stands below would shift.
 */
export const markdownStyles = `
.markdown {
  color: var(--salient-text, #1c1c1a);
  white-space: normal;
  overflow-wrap: anywhere;
}
.markdown > :first-child, .markdown blockquote > :first-child, .markdown li > :first-child { margin-block-start: 0; }
.markdown > :last-child, .markdown blockquote > :last-child, .markdown li > :last-child { margin-block-end: 0; }
.markdown p, .markdown ul, .markdown ol, .markdown blockquote, .markdown .code-block, .markdown .table-scroll,
.markdown .plain-text {
  margin: 8px 0;
}
.markdown > :not(.table-scroll), .markdown .code-lines { contain-intrinsic-size: auto 60px; }
.markdown > :nth-last-child(n + 20):not(.table-scroll), .markdown .code-lines:nth-last-child(n + 3) { content-visibility: auto; }
.markdown h3, .markdown h4, .markdown h5, .markdown h6 {
  margin: 16px 0 6px;
  font-weight: 600;
  line-height: 1.3;
  text-align: start;
}
.markdown h3 { font-size: 18px; }
.markdown h4 { font-size: 16px; }
.markdown h5 { font-size: 15px; }
.markdown h6 { font-size: 14px; color: var(--salient-muted, #5f635e); }
.markdown ul, .markdown ol { padding: 0; }
.markdown li { margin-block: 3px; margin-inline-start: 24px; text-align: start; }
.markdown ul { list-style: disc; }
.markdown ul ul { list-style: circle; }
.markdown ol { list-style: decimal; }
.markdown li > ul, .markdown li > ol { margin-block: 3px; }
.markdown .task { list-style: none; margin-inline-start: 4px; }
.markdown input[type="checkbox"] {
  width: 14px;
  height: 14px;
  margin: 0;
  margin-inline-end: 2px;
  vertical-align: -2px;
  accent-color: var(--salient-accent, #145a46);
}
.markdown a { color: var(--salient-accent, #145a46); text-decoration: underline; text-underline-offset: 2px; }
.markdown a:focus-visible, .markdown button:focus-visible, .markdown [tabindex]:focus-visible {
  outline: 2px solid var(--salient-accent, #145a46);
  outline-offset: 2px;
}
.markdown strong { font-weight: 600; }
.markdown em { font-style: italic; }
.markdown del { text-decoration: line-through; }
.markdown hr { margin: 16px 0; border: 0; border-block-start: 1px solid var(--salient-border, #d9dcd8); }
.markdown blockquote {
  padding-inline-start: 12px;
  border-inline-start: 3px solid var(--salient-border, #d9dcd8);
  color: var(--salient-muted, #5f635e);
}
.markdown img { display: block; max-width: 100%; height: auto; border-radius: 6px; }
.markdown .plain-text { white-space: pre-wrap; }
.markdown code, .markdown pre {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  font-size: 13px;
}
.markdown code, .markdown a { unicode-bidi: isolate; }
.markdown code { direction: ltr; padding: 1px 4px; border-radius: 4px; background: var(--salient-code-background, #eef0ed); }
.markdown .code-block {
  overflow: hidden;
  border: 1px solid var(--salient-border, #d9dcd8);
  border-radius: 8px;
  background: var(--salient-code-background, #eef0ed);
}
.markdown .code-header {
  display: flex;
  align-items: center;
  justify-content: space-between;
  min-height: 28px;
  padding-inline: 12px 4px;
  border-block-end: 1px solid var(--salient-border, #d9dcd8);
  color: var(--salient-muted, #5f635e);
  font-size: 12px;
}
.markdown .copy-code {
  min-height: 24px;
  padding: 2px 8px;
  border: 0;
  border-radius: 6px;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.markdown .copy-code:hover { background: var(--salient-surface, #ffffff); color: var(--salient-text, #1c1c1a); }
.markdown pre { margin: 0; padding: 10px 12px; overflow-x: auto; line-height: 1.45; white-space: pre; tab-size: 4; }
.markdown pre code { display: block; width: max-content; min-width: 100%; padding: 0; background: none; overflow-wrap: normal; }
.markdown .code-lines { display: block; }
.markdown .code-comment { color: var(--salient-code-comment); }
.markdown .code-string { color: var(--salient-code-string); }
.markdown .code-number { color: var(--salient-code-number); }
.markdown .code-keyword { color: var(--salient-code-keyword); }
.markdown .code-name { color: var(--salient-code-name); }
.markdown .table-scroll { overflow-x: auto; }
.markdown table { border-collapse: collapse; font-size: 13px; overflow-wrap: normal; }
.markdown th, .markdown td {
  padding: 5px 10px;
  border: 1px solid var(--salient-border, #d9dcd8);
  text-align: start;
  vertical-align: top;
  unicode-bidi: plaintext;
}
.markdown th { font-weight: 600; background: var(--salient-code-background, #eef0ed); }
.markdown [data-align="left"] { text-align: left; }
.markdown [data-align="center"] { text-align: center; }
.markdown [data-align="right"] { text-align: right; }
.markdown .visually-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;
