import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { compressFiles } from './compress-files.ts';
import { hashFiles, type Integrity } from './hash-files.ts';
import { writeVersions } from './write-versions.ts';

interface SiteFilesOptions {
  /** Folder of this package. */
  packageFolder: string;
  version: string;
  target: string[];
}

/**
 * Everything a CDN serves beside the panel and its pieces: the loader, the iframe wrapper and its parent helper, the `v1/` alias, one
 * folder a version, their hashes, and Brotli and gzip of each. Source maps go to a folder of their own, `maps/`.
 */
export function siteFiles({ packageFolder, version, target }: SiteFilesOptions): Plugin {
  return {
    name: 'salient:site-files',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const fileOf = (name: string) =>
        JSON.stringify(chunks.find((chunk) => chunk.isEntry && chunk.name === name)?.fileName);
      if (!dir) throw new Error('There is no folder to build into.');
      const names = { __PANEL_FILE__: fileOf('panel'), __LAUNCHERS_FILE__: fileOf('launchers') };
      await buildScript('src/loader.ts', 'chat-widget.js', names, dir);
      await buildScript('src/frame/salient-frame.ts', 'salient-frame.js', {}, dir);
      await copyFile(join(packageFolder, 'src/frame/iframe-wrapper.html'), join(dir, 'iframe-wrapper.html'));
      await setMapsApart(dir, join(packageFolder, 'maps', version));

      const modules = chunks.map(({ fileName }) => fileName).toSorted();
      const files = ['chat-widget.js', ...modules, 'salient-frame.js', 'iframe-wrapper.html'];
      const integrity: Integrity = { version, files: hashFiles(dir, files) };
      await writeVersions({ folder: dir, integrity, publishedFolder: join(packageFolder, 'published') });
      compressFiles(dir);
    },
  };

  /** A classic script can neither be split nor import statically, so each is a build of its own. */
  async function buildScript(entry: string, file: string, define: Record<string, string>, outDir: string) {
    await build({
      configFile: false,
      root: packageFolder,
      logLevel: 'warn',
      define,
      build: {
        target,
        outDir,
        emptyOutDir: false,
        sourcemap: 'hidden',
        lib: { entry, formats: ['iife'], name: 'unused' },
        rollupOptions: { output: { entryFileNames: file } },
      },
    });
  }
}

async function setMapsApart(folder: string, mapsFolder: string): Promise<void> {
  await rm(mapsFolder, { recursive: true, force: true });
  await mkdir(mapsFolder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.endsWith('.map')) await rename(join(folder, name), join(mapsFolder, name));
  }
}
