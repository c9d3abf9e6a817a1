/** The keys of a configuration, dotted, with their values. A list is one value. */
export function flattenLayer(layer: unknown, prefix = ''): [key: string, value: unknown][] {
  return Object.entries(layer as Record<string, unknown>).flatMap(([name, value]): [string, unknown][] => {
    const key = prefix + name;
    if (value === undefined) return [];
    return isGroup(value) ? flattenLayer(value, `${key}.`) : [[key, value]];
  });
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
