import { parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

/**
 * Reads `--name value` pairs.
 *
 * @param required fail when they are absent
 * @throws {CommandError}
 */
export function readOptions<Required extends string, Optional extends string = never>(
  args: string[],
  required: readonly Required[],
  optional: readonly Optional[] = [],
): Record<Required, string> & Partial<Record<Optional, string>> {
  const names = [...required, ...optional];
  let values: Record<string, string | undefined>;
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    values = parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new CommandError((error as Error).message, { cause: error });
  }
  const missing = required.filter((name) => !values[name]);
  if (missing.length > 0) throw new CommandError(`Missing: ${missing.map((name) => `--${name}`).join(', ')}`);
  return values as Record<Required, string> & Partial<Record<Optional, string>>;
}
