import { basename } from 'node:path';
import type { Plugin } from 'vite';

/**
 * How what is loaded on demand comes, and what it may share with the panel.
 *
 * - A piece that could not be had is asked for by another address the next time: a browser may remember that a module could
 *   not be had (as `importFile` in loader.ts does for the panel).
 * - A piece stands alone. One that imported the panel would get a second copy of it wherever the loader had to ask twice. So
 *   what a piece shares with the panel, Preact and the signals above all, it is handed when it comes: it becomes one
 *   function, `bind`, of what it would have imported, that returns what it would have exported. What is shared must not be
 *   assigned anew later. A file that two pieces shared would be one more request, and fails the build.
 *
 * Works on chunks as rolldown writes them, before they are minified, and keeps their lines, and so the source maps.
 */
export function bringPieces(): Plugin {
  return {
    name: 'salient:bring-pieces',
    apply: 'build',
    renderChunk(code, chunk, _, { chunks }) {
      if (chunk.isEntry) {
        if (chunk.dynamicImports.length === 0) return undefined;
        const isBound = (name: string) => chunks[name]?.imports.includes(chunk.fileName);
        const own = this.getModuleInfo(chunk.facadeModuleId!)?.exports ?? [];
        const bound = chunk.dynamicImports.filter(isBound).map((name) => basename(name));
        return { code: handOver(code, bound, own), map: null };
      }
      if (chunk.imports.length === 0) return undefined;
      const other = chunk.imports.find((name) => !chunks[name]?.isEntry);
      if (other) throw new Error(`${chunk.fileName} imports ${other}: see bringPieces.`);
      return { code: takeIn(code, chunk.fileName), map: null };
    },
  };
}

/** The panel brings its pieces, and gives those that are `bound` what it would have exported to them. */
function handOver(code: string, bound: readonly string[], own: readonly string[]): string {
  const exports = listIn(exportLine, code, 'panel');
  const kept = exports.filter(({ outside }) => own.includes(outside));
  return code
    .replace(/\bimport\("\.\/([^"]+)"\)/g, (_, name: string) => {
      const piece = `bringPiece("./${name}")`;
      return bound.includes(name) ? `${piece}.then((piece) => piece.bind(sharedWithPieces))` : piece;
    })
    .replace(exportLine, () =>
      [
        `const sharedWithPieces = { ${exports.map(propertyOf).join(', ')} };`,
        'const missedPieces = {};',
        'const bringPiece = (name) => import(name + "?".repeat(missedPieces[name] ??= 0))',
        '.catch((error) => { missedPieces[name]++; throw error; });',
        `export { ${kept.map(({ inside, outside }) => `${inside} as ${outside}`).join(', ')} };`,
      ].join(' '),
    );
}

const importLine = /^import \{ (.*) \} from "[^"]+";$/m;
const exportLine = /^export \{ (.*) \};$/m;

/** A piece takes what it would have imported, and returns what it would have exported. */
function takeIn(code: string, name: string): string {
  const imports = listIn(importLine, code, name).map(({ inside, outside }) => `${inside}: ${outside}`);
  const exports = listIn(exportLine, code, name).map(propertyOf);
  return code
    .replace(importLine, () => `export const bind = ({ ${imports.join(', ')} }) => {`)
    .replace(exportLine, () => `return { ${exports.join(', ')} }; };`);
}

interface Binding {
  inside: string;
  outside: string;
}

const propertyOf = ({ inside, outside }: Binding) => `${outside}: ${inside}`;

/** What one line of imports or exports names. */
function listIn(line: RegExp, code: string, name: string): Binding[] {
  const [, list] = line.exec(code) ?? [];
  if (!list || code.match(new RegExp(line.source, 'gm'))?.length !== 1) {
    throw new Error(`${name} is written otherwise than expected: see bringPieces.`);
  }
  return list.split(', ').map((item) => {
    const [inside = '', outside = inside] = item.split(' as ');
    return { inside, outside };
  });
}
