import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './lock-folder.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'salient-lock-'));
  folder = path.join(parent, 'data');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

it('claims a folder, and gives it up', async () => {
  const unlock = await lockFolder(folder);
  expect(await readFile(`${folder}.lock`, 'utf8')).toBe(String(process.pid));
  await unlock();
  await (
    await lockFolder(folder)
  )();
});

it('refuses a folder that a living process has, and names it', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    await writeFile(`${folder}.lock`, String(other.pid));
    await expect(lockFolder(folder)).rejects.toThrow(
      `the embedded database in ${folder} is open in process ${other.pid}. Stop that one, or set SALIENT_DATA_DIR.`,
    );
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  await (
    await lockFolder(folder)
  )();
});

it.each(['', 'no number', '0', '-1'])('takes over a claim that names nobody: %j', async (content) => {
  await writeFile(`${folder}.lock`, content);
  await (
    await lockFolder(folder)
  )();
});
