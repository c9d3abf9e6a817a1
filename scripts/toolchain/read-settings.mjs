import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { projectRoot } from './project-root.mjs';

/**
 * The settings as the server will see them: the environment, over `.env` in development.
 *
 * @returns {Record<string, string | undefined>}
 */
export function readSettings() {
  if (process.env.NODE_ENV === 'production') return process.env;
  try {
    return { ...parseEnv(readFileSync(join(projectRoot, '.env'), 'utf8')), ...process.env };
  } catch {
    return process.env; // no .env file
  }
}
