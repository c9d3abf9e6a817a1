import type { Plugin } from 'vite';

/**
 * What is loaded on demand must stand alone. A piece that imported the panel would get a second copy of it wherever the
 * loader had to ask twice and so knows it by another address, and a file shared by two pieces would be one more request.
 */
export function checkPieces(): Plugin {
  return {
    name: 'salient:check-pieces',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || file.imports.length === 0) continue;
        throw new Error(`${file.fileName} imports ${file.imports.join(', ')}: see checkPieces.`);
      }
    },
  };
}
