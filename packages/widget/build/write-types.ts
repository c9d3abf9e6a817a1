import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

interface TypesInput {
  /** Folder of the workspace package, with its tsconfig.json. */
  folder: string;
  /** Export name to source file. */
  entries: Record<string, string>;
  typesFolder: string;
}

/** `@salient/shared-types` is not published: its declarations go along. */
const SHARED_TYPES = '@salient/shared-types';

/**
 * Writes the declarations that the entries reach, and no others, with imports that every module resolution can follow.
 *
 * @returns by export name, the file of its declarations within `typesFolder`
 */
export function writeTypes({ folder, entries, typesFolder }: TypesInput): Record<string, string> {
  const packagesFolder = resolve(folder, '..');
  const emitted = emitDeclarations(folder, Object.values(entries));
  const written = new Set<string>();
  for (const entry of Object.values(entries)) write(resolve(folder, entry));
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, placeOf(resolve(folder, entry), '.d.ts')]),
  );

  function write(source: string): void {
    if (written.has(source)) return;
    written.add(source);
    const declarations = emitted.get(source);
    if (declarations === undefined) throw new Error(`No declarations of ${source}.`);
    const file = join(typesFolder, placeOf(source, '.d.ts'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, renameImports(declarations, source));
  }

  function renameImports(declarations: string, source: string): string {
    let renamed = declarations;
    // From the end, so that the positions before stay true.
    for (const { fileName, pos } of ts.preProcessFile(declarations).importedFiles.toReversed()) {
      const target = sourceOf(fileName, source);
      if (!target) continue;
      write(target);
      const path = relative(dirname(placeOf(source, '.js')), placeOf(target, '.js'));
      // `pos` is the opening quote.
      const [before, after] = [renamed.slice(0, pos + 1), renamed.slice(pos + 1 + fileName.length)];
      renamed = before + (path.startsWith('.') ? path : `./${path}`) + after;
    }
    return renamed;
  }

  /** The source that an import means, if it is one of this workspace's own that are not published. */
  function sourceOf(name: string, importer: string): string | undefined {
    if (name === SHARED_TYPES) return resolve(packagesFolder, 'shared-types/src/index.ts');
    return name.startsWith('.') ? resolve(dirname(importer), name) : undefined;
  }

  /** `widget/src/config/options.ts` as `config/options.d.ts`, `shared-types/src/agents.ts` as `shared-types/agents.d.ts`. */
  function placeOf(source: string, extension: string): string {
    const own = relative(join(folder, 'src'), source);
    const place = own.startsWith('..') ? relative(packagesFolder, source).replace('/src/', '/') : own;
    return place.replace(/\.tsx?$/, extension);
  }
}

function emitDeclarations(folder: string, entries: string[]): Map<string, string> {
  const configFile = join(folder, 'tsconfig.json');
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const environment = options.types?.includes('vite/client') ? [join(folder, 'node_modules/vite/client.d.ts')] : [];
  const program = ts.createProgram([...entries.map((entry) => resolve(folder, entry)), ...environment], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: resolve(folder, '..'),
    outDir: resolve(folder, '..'),
    // Found through node_modules it would count as somebody else's, of which nothing is emitted.
    paths: {
      [SHARED_TYPES]: [resolve(folder, '../shared-types/src/index.ts')],
      // As users of the package get it; its sources would all be checked again.
      '@salient/widget': [resolve(folder, '../widget/package/types/package/index.d.ts')],
    },
  });
  const emitted = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (_file, text, _mark, _error, sources) => {
    for (const { fileName } of sources ?? []) emitted.set(resolve(fileName), text);
  });
  const [problem] = diagnostics;
  if (problem) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
  return emitted;
}
