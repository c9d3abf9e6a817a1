import { basename } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Gives every locale a copy of its own of the few lines they share, because a piece must stand alone (`checkPieces`): a
 * file of their own would be one more request for each visitor who does not read English.
 */
export function copyIntoPieces(): Plugin {
  return {
    name: 'salient:copy-into-pieces',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (source !== './plural.ts' || !importer) return undefined;
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      return resolved && `${resolved.id}?for=${basename(importer)}`;
    },
  };
}
