import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { npmPackage } from '../widget/build/npm-package.ts';
import { target } from '../widget/build/target.ts';

const external = ['@salient/widget', 'vue'];

export default defineConfig({
  build: {
    target,
    outDir: 'package',
    minify: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
    rollupOptions: { external },
  },
  plugins: [
    npmPackage({ folder: fileURLToPath(new URL('.', import.meta.url)), entries: { '.': 'src/index.ts' }, external }),
  ],
});
