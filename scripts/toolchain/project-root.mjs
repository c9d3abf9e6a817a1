import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole workspace; every script works from here, wherever it was called. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
