import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from '../../log.ts';

const erasureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('visitor'), account_id: z.uuid(), visitor_id: z.uuid(), erased_at: z.iso.datetime() }),
  z.object({ kind: z.literal('account'), account_id: z.uuid(), erased_at: z.iso.datetime() }),
]);

/** That somebody was erased: random ids, which say nothing once what they named is gone. */
export type Erasure = z.output<typeof erasureSchema>;

/** The list of everything that was erased, kept outside of the database: a restored back-up does not take it back. */
export interface ErasureLog {
  /** False where it could not be written, which the log says. Never rejects. */
  note(erasure: Erasure): Promise<boolean>;
  /** @throws where there is a file and it cannot be read */
  readAll(): Promise<Erasure[]>;
}

/** @param file one JSON object a line; null: there is no such list */
export function createErasureLog(file: string | null, log: Logger): ErasureLog {
  return {
    async note(erasure) {
      if (file === null) return false;
      try {
        const handle = await open(file, 'a', 0o600);
        try {
          // Begun with a line end, so that a line torn by a crash takes no other with it.
          await handle.write(`\n${JSON.stringify(erasure)}\n`);
          await handle.datasync();
        } finally {
          await handle.close();
        }
        return true;
      } catch (error) {
        log.error({ err: error }, 'retention.erasures_file: an erasure could not be noted');
        return false;
      }
    },

    async readAll() {
      const text = file === null ? '' : await readIfPresent(file);
      return text.split('\n').flatMap((line) => {
        const erasure = parseLine(line);
        if (erasure === null && line !== '') log.warn('retention.erasures_file: a line that is no erasure is left out');
        return erasure ?? [];
      });
    },
  };
}

function parseLine(line: string): Erasure | null {
  try {
    return erasureSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
