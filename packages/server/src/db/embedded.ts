import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { lockFolder } from './lock-folder.ts';
import { sendScriptsWhole } from './send-scripts-whole.ts';

/** The embedded database, open. */
export interface Embedded {
  pglite: PGlite;
  close: () => Promise<void>;
}

/**
 * PostgreSQL as WebAssembly inside this process. One connection, so transactions queue; and one process, because two on
 * one folder would destroy it.
 *
 * @throws {EmbeddedInUseError}
 */
export async function openEmbedded(dataDirectory: string): Promise<Embedded> {
  if (dataDirectory.includes('://')) {
    const pglite = await PGlite.create({ dataDir: dataDirectory });
    return { pglite, close: () => pglite.close() };
  }
  await mkdir(dataDirectory, { recursive: true });
  const unlock = await lockFolder(dataDirectory);
  try {
    const pglite = await PGlite.create({ dataDir: dataDirectory });
    return {
      pglite,
      async close() {
        await pglite.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

export function embeddedAdapter(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  return sendScriptsWhole(new PrismaPGlite(pglite), (script) => pglite.exec(script));
}
