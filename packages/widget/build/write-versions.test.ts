import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFiles, type Integrity } from './hash-files.ts';
import { writeVersions } from './write-versions.ts';

let folder: string;
let publishedFolder: string;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'salient-versions-'));
  folder = join(root, 'dist');
  publishedFolder = join(root, 'published');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** A build of this version with this loader. */
async function buildVersion(version: string, loader: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'chat-widget.js'), loader);
  const integrity = { version, files: hashFiles(folder, ['chat-widget.js']) };
  await writeVersions({ folder, integrity, publishedFolder });
}

const publish = (version: string) =>
  cpSync(join(folder, 'w', version), join(publishedFolder, version), { recursive: true });
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const integrityOf = (...path: string[]) => JSON.parse(read(...path, 'integrity.json')) as Integrity;

describe('the versions of a build', () => {
  it('are itself, at its version, at v1 and at the top, with what each file must hash to', async () => {
    await buildVersion('1.0.0', 'first');
    for (const place of ['', 'v1', 'w/1.0.0']) {
      expect(read(place, 'chat-widget.js')).toBe('first');
      expect(integrityOf(place)).toEqual({
        version: '1.0.0',
        // openssl dgst -sha384 -binary | openssl base64 -A
        files: { 'chat-widget.js': 'sha384-efpPHvFukT2ITTyYu0MI+lkLICKffkSsWD1S8R5GStI8FLChxj0+pRmP00xXAJPv' },
      });
    }
  });

  it('hold every published one as it was, whatever has been built since (X2)', async () => {
    await buildVersion('1.0.0', 'first');
    publish('1.0.0');
    const published = integrityOf('w/1.0.0');
    await buildVersion('1.1.0', 'second');
    expect(read('chat-widget.js')).toBe('second');
    expect(read('w/1.1.0/chat-widget.js')).toBe('second');
    expect(read('w/1.0.0/chat-widget.js')).toBe('first');
    expect(integrityOf('w/1.0.0')).toEqual(published);
  });

  it('name what is built on top of a published one by its content, and a build equal to it by its version (X2)', async () => {
    await buildVersion('1.0.0', 'first');
    publish('1.0.0');
    await buildVersion('1.0.0', 'changed');
    const { version } = integrityOf('');
    expect(version).toMatch(/^1\.0\.0-[0-9a-f]{8}$/);
    expect(read('w', version, 'chat-widget.js')).toBe('changed');
    expect(read('w/1.0.0/chat-widget.js')).toBe('first');
    await buildVersion('1.0.0', 'first');
    expect(integrityOf('').version).toBe('1.0.0');
  });

  it('are not built from a published file that somebody has changed (X2)', async () => {
    await buildVersion('1.0.0', 'first');
    publish('1.0.0');
    writeFileSync(join(publishedFolder, '1.0.0', 'chat-widget.js'), 'tampered');
    await expect(buildVersion('1.1.0', 'second')).rejects.toThrow(
      'Published version 1.0.0 has changed: chat-widget.js. Published bytes never change.',
    );
  });
});
