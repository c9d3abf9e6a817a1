/**
 * Cuts text after white space, for streaming it word by word. The pieces joined are the text, byte for byte, and none
 * is empty. A space that carries a mark (an accent, a joiner) is one character with it and is never cut from it.
 */
export function splitIntoWords(text: string): string[] {
  return text.match(/(?:\S|\s+(?=[\p{M}\p{Grapheme_Extend}\p{Emoji_Modifier}\u200D\u0E33\u0EB3]))+\s*|\s+/gu) ?? [];
}
