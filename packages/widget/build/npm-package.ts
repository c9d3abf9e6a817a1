import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { writeTypes } from './write-types.ts';

/** What a package.json of this workspace says that npm users need too. */
interface SourceManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

interface NpmPackageOptions {
  /** Folder of the workspace package, with its package.json and README.md. */
  folder: string;
  /** Export name to source file, both relative. */
  entries: Record<string, string>;
  /** Entries that do something when imported. */
  sideEffects?: string[];
  /** Dependencies that are not bundled. */
  external?: string[];
  /** More of the manifest. */
  manifest?: object;
  /** Folder with files for sites that load from a CDN of npm, put into `dist/`. */
  siteFolder?: string;
}

/**
 * Makes a build the content of `package/`, ready for `npm pack`: declarations, README and a package.json of its own that
 * asks for nothing but what is not bundled.
 */
export function npmPackage(options: NpmPackageOptions): Plugin {
  const { folder, entries, sideEffects = [], external = [], siteFolder } = options;
  return {
    name: 'salient:npm-package',
    apply: 'build',
    async writeBundle({ dir }) {
      if (!dir) throw new Error('The package has no folder.');
      const source = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as SourceManifest;
      const typesOf = writeTypes({ folder, entries, typesFolder: join(dir, 'types') });
      const { name, version, description, license, dependencies = {}, peerDependencies } = source;
      const manifest = {
        name,
        version,
        description,
        license,
        type: 'module',
        exports: Object.fromEntries(
          Object.keys(entries).map((entry) => [
            entry,
            { types: `./types/${typesOf[entry]}`, default: `./${fileOf(entry)}.js` },
          ]),
        ),
        sideEffects: sideEffects.map((entry) => `./${fileOf(entry)}.js`),
        ...(external.length > 0 && {
          // Packages of this workspace are released together.
          dependencies: Object.fromEntries(
            external.filter((other) => dependencies[other]).map((other) => [other, `^${version}`]),
          ),
        }),
        ...(peerDependencies && { peerDependencies }),
        ...options.manifest,
      };
      await writeFile(join(dir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      await cp(join(folder, 'README.md'), join(dir, 'README.md'));
      if (siteFolder) await copySiteFiles(siteFolder, join(dir, 'dist'));
    },
  };
}

/** File of an export: `.` is index, `./element` is element. */
function fileOf(entry: string): string {
  return entry === '.' ? 'index' : entry.replace('./', '');
}

/** Only this version's own, uncompressed: a CDN of npm compresses by itself. */
async function copySiteFiles(siteFolder: string, target: string): Promise<void> {
  const integrityFile = join(siteFolder, 'integrity.json');
  if (!existsSync(integrityFile)) throw new Error('Build the widget before its package.');
  const { files } = JSON.parse(await readFile(integrityFile, 'utf8')) as { files: Record<string, string> };
  for (const name of [...Object.keys(files), 'integrity.json']) await cp(join(siteFolder, name), join(target, name));
}
