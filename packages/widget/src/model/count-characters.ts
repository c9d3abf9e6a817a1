/** Length of a message as the server counts it: in code points, without the white space around. */
export function countCharacters(text: string): number {
  return Array.from(text.trim()).length;
}
