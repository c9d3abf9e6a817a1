import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashFiles, type Integrity } from './hash-files.ts';
import { publishedVersions } from './write-versions.ts';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const publishedFolder = join(packageFolder, 'published');
const root = mkdtempSync(join(tmpdir(), 'salient-build-'));
const [first, second] = [join(root, 'first'), join(root, 'second')] as const;

beforeAll(() => {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  for (const folder of [first, second]) {
    const { status, stderr } = spawnSync(process.execPath, [vite, 'build', '--outDir', folder, '--logLevel', 'error'], {
      cwd: packageFolder,
      // As for a release: this process is a test, and says so in its environment.
      env: { ...process.env, NODE_ENV: 'production' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`vite build ended with ${status}: ${stderr}`);
  }
});

afterAll(() => rmSync(root, { recursive: true }));

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();
const integrityOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'integrity.json'), 'utf8')) as Integrity;

test('two builds give equal bytes, compressed forms and all (X1)', () => {
  expect(filesIn(second)).toEqual(filesIn(first));
  for (const file of filesIn(first)) {
    expect([file, readFileSync(join(second, file)).equals(readFileSync(join(first, file)))]).toEqual([file, true]);
  }
});

test('a build has everything a site loads, in three places, and says what each file hashes to (X2)', () => {
  const { version, files } = integrityOf(first);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      'chat-widget.js',
      expect.stringMatching(/^panel-[\w-]{6}\.js$/),
      'salient-frame.js',
      'iframe-wrapper.html',
    ]),
  );
  const own = filesIn(first).filter((file) => !file.includes('/') && !/\.(br|gz|json)$/.test(file));
  expect(own).toEqual(Object.keys(files).toSorted());
  for (const folder of [first, join(first, 'v1'), join(first, 'w', version)]) {
    expect(hashFiles(folder, Object.keys(files))).toEqual(files);
    expect(integrityOf(folder)).toEqual({ version, files });
  }
});

test('every file lies ready in Brotli and gzip', () => {
  const files = filesIn(first).filter((file) => !/\.(br|gz)$/.test(file));
  expect(filesIn(first)).toHaveLength(files.length * 3);
  for (const file of files) {
    const content = readFileSync(join(first, file));
    expect(brotliDecompressSync(readFileSync(join(first, `${file}.br`))).equals(content)).toBe(true);
    expect(gunzipSync(readFileSync(join(first, `${file}.gz`))).equals(content)).toBe(true);
  }
});

test('source maps are made, lie apart, and are named by no file that is served', () => {
  const { version, files } = integrityOf(first);
  const scripts = Object.keys(files).filter((name) => name.endsWith('.js'));
  const mapsFolder = join(packageFolder, 'maps', version.replace(/-[0-9a-f]{8}$/, ''));
  for (const name of scripts) expect(existsSync(join(mapsFolder, `${name}.map`))).toBe(true);
  expect(filesIn(first).filter((file) => file.endsWith('.map'))).toEqual([]);
  for (const name of scripts) expect(readFileSync(join(first, name), 'utf8')).not.toContain('sourceMappingURL');
});

test('every published version is served with the bytes that were published (X2)', async () => {
  for (const version of await publishedVersions(publishedFolder)) {
    const record = integrityOf(join(publishedFolder, version));
    expect(record.version).toBe(version);
    expect(hashFiles(join(first, 'w', version), Object.keys(record.files))).toEqual(record.files);
  }
});

test('the wrapper is small enough to be read before it is hosted', () => {
  const wrapper = readFileSync(join(first, 'iframe-wrapper.html'), 'utf8');
  expect(wrapper.split('\n').length).toBeLessThan(260);
  for (const edit of ["account: 'default_account'", "agent: 'simple_chat1'", "backend: ''"]) {
    expect(wrapper.split(edit)).toHaveLength(2);
  }
});
