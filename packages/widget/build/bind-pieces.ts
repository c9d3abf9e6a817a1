import type { Plugin } from 'vite';

/**
 * Makes what is loaded on demand stand alone. A piece that imported the panel would get a second copy of it wherever the
 * loader had to ask twice and so knows it by another address (`importFile` in loader.ts). So what a piece shares with the
 * panel, Preact and the signals above all, it is handed when it comes: the piece becomes one function `bind`, of what it
 * would have imported, that returns what it would have exported. What is shared must not be assigned anew later.
 *
 * Works on a chunk as rolldown writes it, before it is minified, and keeps its lines, and so the source maps. A file that
 * two pieces shared would be one more request, and fails the build.
 */
export function bindPieces(): Plugin {
  return {
    name: 'salient:bind-pieces',
    apply: 'build',
    renderChunk(code, chunk, _, { chunks }) {
      const pieces = Object.values(chunks).filter(({ isEntry, imports }) => !isEntry && imports.length > 0);
      if (chunk.isEntry) {
        const isBound = ({ imports }: { imports: string[] }) => imports.includes(chunk.fileName);
        const names = pieces.filter(isBound).map(({ fileName }) => fileName);
        if (names.length === 0) return undefined;
        const own = this.getModuleInfo(chunk.facadeModuleId!)?.exports ?? [];
        return { code: handOver(code, names, own), map: null };
      }
      if (chunk.imports.length === 0) return undefined;
      const other = chunk.imports.find((name) => !chunks[name]?.isEntry);
      if (other) throw new Error(`${chunk.fileName} imports ${other}: see bindPieces.`);
      return { code: takeIn(code, chunk.fileName), map: null };
    },
  };
}

/** The panel gives `names` what it would have exported to them. Its `own` exports stay. */
function handOver(code: string, names: readonly string[], own: readonly string[]): string {
  const all = listIn(/^export \{ (.*) \};$/m, code, 'panel');
  const shared = all.filter(({ outside }) => !own.includes(outside));
  const kept = all.filter(({ outside }) => own.includes(outside));
  const bound = names.reduce((before, name) => {
    const load = `import("./${name}")`;
    if (before.split(load).length !== 2) throw new Error(`${name} is not loaded in one place: see bindPieces.`);
    return before.replace(load, `${load}.then((piece) => piece.bind(sharedWithPieces))`);
  }, code);
  const exports = kept.map(({ inside, outside }) => `${inside} as ${outside}`).join(', ');
  return bound.replace(
    /^export \{ .* \};$/m,
    () => `const sharedWithPieces = { ${shared.map(propertyOf).join(', ')} }; export { ${exports} };`,
  );
}

function takeIn(code: string, name: string): string {
  const importLine = /^import \{ (.*) \} from "[^"]+";$/m;
  const exportLine = /^export \{ (.*) \};$/m;
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
    throw new Error(`${name} is written otherwise than expected: see bindPieces.`);
  }
  return list.split(', ').map((item) => {
    const [inside = '', outside = inside] = item.split(' as ');
    return { inside, outside };
  });
}
