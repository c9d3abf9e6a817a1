/** What the fake provider says as the model `words:count=...`. */
export function wordText(count: number): string {
  return Array.from({ length: count }, (_, index) => `word${index}`).join(' ');
}
