import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles, type Integrity } from './hash-files.ts';

export interface VersionsInput {
  /** Where this build lies. */
  folder: string;
  /** What this build is. */
  integrity: Integrity;
  /** Every published version, a folder each: the very bytes that were published, and their `integrity.json`. */
  publishedFolder: string;
}

/** Writes `integrity.json`, the `v1/` alias, and `w/{version}/` of this build and of every published version. */
export async function writeVersions({ folder, integrity, publishedFolder }: VersionsInput): Promise<void> {
  for (const version of await publishedVersions(publishedFolder)) {
    await requireUnchanged(join(publishedFolder, version));
    await cp(join(publishedFolder, version), join(folder, 'w', version), { recursive: true });
  }
  const own = await nameBuild(integrity, publishedFolder);
  for (const target of ['', 'v1', `w/${own.version}`]) {
    const targetFolder = join(folder, target);
    if (target) {
      await rm(targetFolder, { recursive: true, force: true });
      await mkdir(targetFolder, { recursive: true });
      for (const name of Object.keys(own.files)) await cp(join(folder, name), join(targetFolder, name));
    }
    await writeFile(join(targetFolder, 'integrity.json'), formatIntegrity(own));
  }
}

export async function publishedVersions(publishedFolder: string): Promise<string[]> {
  if (!existsSync(publishedFolder)) return [];
  const entries = await readdir(publishedFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** @throws {Error} naming the file of a published version that is not what was published */
async function requireUnchanged(versionFolder: string): Promise<void> {
  const { version, files } = JSON.parse(await readFile(join(versionFolder, 'integrity.json'), 'utf8')) as Integrity;
  const found = hashFiles(versionFolder, Object.keys(files));
  const changed = Object.keys(files).filter((name) => found[name] !== files[name]);
  if (changed.length > 0) {
    throw new Error(`Published version ${version} has changed: ${changed.join(', ')}. Published bytes never change.`);
  }
}

/** What is built on top of a published version is not that version: its content names it until the next one. */
async function nameBuild(integrity: Integrity, publishedFolder: string): Promise<Integrity> {
  const record = join(publishedFolder, integrity.version, 'integrity.json');
  if (!existsSync(record) || (await readFile(record, 'utf8')) === formatIntegrity(integrity)) return integrity;
  const content = createHash('sha256').update(formatIntegrity(integrity)).digest('hex').slice(0, 8);
  return { ...integrity, version: `${integrity.version}-${content}` };
}

function formatIntegrity(integrity: Integrity): string {
  return `${JSON.stringify(integrity, null, 2)}\n`;
}
