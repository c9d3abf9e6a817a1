import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { dropSignalConversions } from './build/drop-signal-conversions.ts';
import { importPlainly } from './build/import-plainly.ts';
import { keepMarkedLexer } from './build/keep-marked-lexer.ts';
import { npmPackage } from './build/npm-package.ts';
import { target } from './build/target.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const entries = { '.': 'src/package/index.ts', './element': 'src/package/element.ts' };

/** The package for npm. Preact, signals and marked are bundled, so that it clashes with nobody's own. */
export default defineConfig({
  build: {
    target,
    outDir: 'package',
    rollupOptions: {
      input: { index: entries['.'], element: entries['./element'] },
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
    modulePreload: false,
  },
  plugins: [
    keepMarkedLexer(),
    dropSignalConversions(),
    importPlainly(),
    npmPackage({
      folder,
      entries,
      sideEffects: ['./element'],
      siteFolder: `${folder}dist`,
      manifest: { unpkg: './dist/chat-widget.js', jsdelivr: './dist/chat-widget.js' },
    }),
  ],
});
