import { basename } from 'node:path';
import type { Plugin } from 'vite';

const SHARED = /\/(plural|launcher-words)\.ts$/;

/**
 * Gives whoever needs them a copy of its own of the few lines that pieces share, because a piece must stand alone
 * (`bringPieces`): a file of their own would be one more request, for each visitor who does not read English say.
 */
export function copyIntoPieces(): Plugin {
  return {
    name: 'salient:copy-into-pieces',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!SHARED.test(source) || !importer) return undefined;
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      return resolved && `${resolved.id}?for=${basename(importer)}`;
    },
  };
}
