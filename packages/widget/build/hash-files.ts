import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `integrity.json`: which version a folder holds, and what its files must hash to, ready for the `integrity` attribute. */
export interface Integrity {
  version: string;
  /** By file name: `sha384-` and base64 (W3C Subresource Integrity). */
  files: Record<string, string>;
}

export function hashFiles(folder: string, names: readonly string[]): Integrity['files'] {
  return Object.fromEntries(
    names.map((name) => {
      const hash = createHash('sha384').update(readFileSync(join(folder, name)));
      return [name, `sha384-${hash.digest('base64')}`];
    }),
  );
}
