import { readFile, rm, writeFile } from 'node:fs/promises';

class EmbeddedInUseError extends Error {
  override readonly name = 'EmbeddedInUseError';
}

/**
 * Claims a data folder for this process, with a file beside it that names the process. A claim whose process is gone is
 * taken over.
 *
 * @returns how to give it up
 * @throws {EmbeddedInUseError} naming the process that has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder.replace(/[/\\]+$/, '')}.lock`;
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    // In a container every server is process 1: a claim of our own number is from before the restart.
    if (owner !== process.pid && isRunning(owner)) {
      throw new EmbeddedInUseError(
        `the embedded database in ${folder} is open in process ${owner}. Stop that one, or set SALIENT_DATA_DIR.`,
      );
    }
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
