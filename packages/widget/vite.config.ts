import { basename } from 'node:path';
import { build, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The first browsers with constructable style sheets, the newest thing the widget cannot do without. */
const target = ['chrome105', 'edge105', 'firefox110', 'safari16.4'];

/**
 * Two files from two builds: the panel, an ES module named by its hash, then `chat-widget.js`, a classic script that
 * knows that name. A classic script can neither be split nor import statically.
 */
export default defineConfig({
  build: {
    target,
    modulePreload: false,
    // Not library mode: that leaves the white space of an ES module in.
    rollupOptions: {
      input: 'src/index.ts',
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: 'panel-[hash].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  plugins: [keepMarkedLexer(), dropSignalConversions(), importPlainly(), checkPieces(), buildLoader()],
  test: { include: ['src/**/*.test.{ts,tsx}'] },
});

function buildLoader(): Plugin {
  return {
    name: 'salient:loader',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const panel = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      if (!panel || !dir) throw new Error('The panel was not built.');
      await build({
        configFile: false,
        define: { __PANEL_FILE__: JSON.stringify(basename(panel.fileName)) },
        build: {
          target,
          outDir: dir,
          emptyOutDir: false,
          lib: { entry: 'src/loader.ts', formats: ['iife'], name: 'unused' },
          rollupOptions: { output: { entryFileNames: 'chat-widget.js' } },
        },
      });
    },
  };
}

/** Without the preloading that Vite puts around `import()`: it costs more than the pieces it would save time for. */
function importPlainly(): Plugin {
  const helper = '\0vite/preload-helper.js';
  return {
    name: 'salient:import-plainly',
    apply: 'build',
    enforce: 'pre',
    load: {
      order: 'pre',
      handler: (id) => (id === helper ? 'export const __vitePreload = (load) => load();' : undefined),
    },
  };
}

/**
 * What is loaded on demand must not import the panel: it would get a second copy of it wherever the loader had to ask
 * twice and so knows the panel by another address.
 */
function checkPieces(): Plugin {
  return {
    name: 'salient:check-pieces',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const panel = file.imports.find((name) => name.startsWith('panel-'));
        if (panel) throw new Error(`${file.fileName} imports ${panel}: see checkPieces.`);
      }
    },
  };
}

/**
 * marked hangs everything it has on one function at its end, so a bundler must keep its HTML renderer too, 3 kB that
 * nobody calls. Without that end, what is not imported goes. Fails the build if marked is no longer written like this.
 */
function keepMarkedLexer(): Plugin {
  return {
    name: 'salient:marked-lexer',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('marked/lib/marked.esm.js')) return undefined;
      const nameOf = (exported: string) => new RegExp(`([\\w$]+) as ${exported}[,}]`).exec(code)?.[1];
      const end = code.lastIndexOf(`var v=new ${nameOf('Marked')}`);
      if (end < 0) throw new Error('marked has changed its form: see keepMarkedLexer.');
      return `${code.slice(0, end)}export{${nameOf('Lexer')} as Lexer,${nameOf('Tokenizer')} as Tokenizer};`;
    },
  };
}

/**
 * Signals can turn themselves into text and numbers, by methods that are assigned over those of `Object.prototype`: where
 * a page has frozen that, the assignment throws. Nobody here calls them. Fails the build if they are written otherwise.
 */
function dropSignalConversions(): Plugin {
  return {
    name: 'salient:signal-conversions',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('/signals-core/dist/')) return undefined;
      const conversion = /(?<=;)\w+\.prototype\.(valueOf|toString)=function\(\)\{return this\.value(\+"")?\};/g;
      if (code.match(conversion)?.length !== 2) throw new Error('signals have changed: see dropSignalConversions.');
      return code.replace(conversion, '');
    },
  };
}
