import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { bringPieces } from './build/bring-pieces.ts';
import { copyIntoPieces } from './build/copy-into-pieces.ts';
import { dropSignalConversions } from './build/drop-signal-conversions.ts';
import { importPlainly } from './build/import-plainly.ts';
import { keepMarkedLexer } from './build/keep-marked-lexer.ts';
import { siteFiles } from './build/site-files.ts';
import { target } from './build/target.ts';
import packageJson from './package.json' with { type: 'json' };

const packageFolder = fileURLToPath(new URL('.', import.meta.url));

/**
 * What sites load, in several builds: the panel and its pieces, ES modules named by their hash, then `chat-widget.js`, a
 * classic script that knows their names, and what stands around them. The package for npm is
 * `vite.package.config.ts`.
 */
export default defineConfig({
  build: {
    target,
    modulePreload: false,
    sourcemap: 'hidden',
    // Not library mode: that leaves the white space of an ES module in.
    rollupOptions: {
      input: { panel: 'src/index.ts', launchers: 'src/host/use-launchers.ts' },
      preserveEntrySignatures: 'allow-extension',
      // These names stand in the loader: fewer characters of a hash, and still enough.
      output: {
        format: 'es',
        entryFileNames: '[name]-[hash:6].js',
        chunkFileNames: '[name]-[hash].js',
        // V8 then compiles a file on its way, off the main thread, and not function by function while the visitor waits.
        postBanner: '//# allFunctionsCalledOnLoad',
      },
    },
  },
  plugins: [
    keepMarkedLexer(),
    dropSignalConversions(),
    importPlainly(),
    copyIntoPieces(),
    bringPieces(),
    siteFiles({ packageFolder, version: packageJson.version, target }),
  ],
  test: { include: ['src/**/*.test.{ts,tsx}'] },
});
