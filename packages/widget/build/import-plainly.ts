import type { Plugin } from 'vite';

/** Without the preloading that Vite puts around `import()`: it costs more than the pieces it would save time for. */
export function importPlainly(): Plugin {
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
