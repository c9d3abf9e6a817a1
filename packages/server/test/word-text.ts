/** What the fake provider says as the model `words:count=...,length=...`: words of at least so many characters. */
export function wordText(count: number, length = 0): string {
  return Array.from({ length: count }, (_, index) => `word${index}`.padEnd(length, 'x')).join(' ');
}
