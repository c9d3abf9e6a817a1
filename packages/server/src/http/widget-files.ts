import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const ENCODINGS = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A built file in memory, in each form that lies ready on disk. */
export interface WidgetFile {
  content: Partial<Record<Encoding, Buffer>> & { identity: Buffer };
  /** Of the content as such: equal on every process that serves the same build. */
  hash: string;
}

const EXTENSIONS = { br: '.br', gzip: '.gz' };

/** Reads the built widget once: a few files, asked for by every page of every customer. By address, from `/`. */
export function readWidgetFiles(folder: string): Map<string, WidgetFile> {
  const files = new Map<string, WidgetFile>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const identity = readFileSync(file);
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    files.set(address, {
      content: { identity, ...readCompressed(file, 'br'), ...readCompressed(file, 'gzip') },
      hash: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    });
  }
  return files;
}

function readCompressed(file: string, encoding: 'br' | 'gzip'): Partial<Record<Encoding, Buffer>> {
  const compressed = file + EXTENSIONS[encoding];
  return existsSync(compressed) ? { [encoding]: readFileSync(compressed) } : {};
}
