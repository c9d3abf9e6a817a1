import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Puts `.br` and `.gz` beside every file below a folder, so that no server has to compress. */
export function compressFiles(folder: string): void {
  // The same file lies in several places, and Brotli at its best is slow.
  const known = new Map<string, { br: Buffer; gz: Buffer }>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    const key = content.toString('base64');
    const { br, gz } = known.get(key) ?? compress(content);
    known.set(key, { br, gz });
    writeFileSync(`${file}.br`, br);
    writeFileSync(`${file}.gz`, gz);
  }
}

function compress(content: Buffer): { br: Buffer; gz: Buffer } {
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return { br: brotliCompressSync(content, { params }), gz: gzipSync(content, { level: 9 }) };
}
