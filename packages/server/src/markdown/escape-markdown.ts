/** Plain text on one line of Markdown, shown as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>~|]/g, '\\$&').replace(/\s+/g, ' ');
}
