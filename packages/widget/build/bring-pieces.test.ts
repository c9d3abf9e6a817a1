import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build } from 'vite';
import { bringPieces } from './bring-pieces.ts';
import { importPlainly } from './import-plainly.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'salient-pieces-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Builds sources as the panel is built, and returns the address of its file. */
async function buildPanel(sources: Record<string, string>): Promise<string> {
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, name), source);
  await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: {
      modulePreload: false,
      rollupOptions: { input: join(folder, 'panel.js'), preserveEntrySignatures: 'allow-extension' },
    },
    plugins: [importPlainly(), bringPieces()],
  });
  return pathToFileURL(join(assets(), fileOf('panel'))).href;
}

const assets = () => join(folder, 'dist/assets');
const fileOf = (name: string) => readdirSync(assets()).find((file) => file.startsWith(name))!;

const shared = 'export const shared = { count: 0 }; export const add = (step) => (shared.count += step);';
const panel = `
  export { shared } from './shared.js';
  export const loadPiece = () => import('./piece.js');
`;
const piece = `
  import { add, shared } from './shared.js';
  export const addTwo = () => add(2);
  export { shared as sharedWithPiece };
`;

/** Runs a module in a Node of its own: this process's imports are not the platform's. Returns what it prints. */
function run(source: string): unknown {
  const script = ['--input-type=module', '--eval', `import { renameSync } from 'node:fs';${source}`];
  return JSON.parse(execFileSync(process.execPath, script, { encoding: 'utf8' }));
}

test('a piece shares what the panel has, also with a panel that has come by another address', async () => {
  const address = await buildPanel({ 'shared.js': shared, 'panel.js': panel, 'piece.js': piece });
  expect(readFileSync(join(assets(), fileOf('piece')), 'utf8')).not.toMatch(/\bimport\b/);
  for (const query of ['', '?']) {
    const seen = run(`
      const panel = await import('${address}${query}');
      const { addTwo, sharedWithPiece } = await panel.loadPiece();
      addTwo();
      console.log(JSON.stringify([Object.keys(panel), sharedWithPiece === panel.shared, panel.shared.count]));
    `);
    expect(seen).toEqual([['loadPiece', 'shared'], true, 2]);
  }
});

test('a piece that could not be had is asked for by another address the next time', async () => {
  const address = await buildPanel({ 'panel.js': panel, 'shared.js': shared, 'piece.js': piece });
  const file = join(assets(), fileOf('piece'));
  const seen = run(`
    const { loadPiece } = await import('${address}');
    renameSync('${file}', '${file}.away');
    const fault = await loadPiece().catch(({ code }) => code);
    renameSync('${file}.away', '${file}');
    console.log(JSON.stringify([fault, (await loadPiece()).addTwo()]));
  `);
  expect(seen).toEqual(['ERR_MODULE_NOT_FOUND', 2]);
});

test('a file that only pieces share fails the build', async () => {
  const sources = {
    'shared.js': shared,
    'panel.js': "export const load = () => [import('./one.js'), import('./two.js')];",
    'one.js': "import { add } from './shared.js'; export const one = () => add(1);",
    'two.js': "import { add } from './shared.js'; export const two = () => add(2);",
  };
  await expect(buildPanel(sources)).rejects.toThrow(/imports .*shared.*: see bringPieces/);
});
