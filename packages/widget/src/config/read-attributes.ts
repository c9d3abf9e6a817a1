/**
 * The options an element carries: `data-offset-x` of a script tag, `offset-x` of `<salient-chat>`, both as `offsetX`.
 * Read from the attributes, not `dataset`, so that one reader serves both.
 */
export function readAttributes(element: Element): Record<string, string> {
  const options: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    options[name.replace(/^data-|-(\w)/g, (_, letter = '') => letter.toUpperCase())] = value;
  }
  return options;
}
