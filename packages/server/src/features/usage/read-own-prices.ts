import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../config.ts';
import { YamlFileError } from '../../yaml-file.ts';
import { parsePricing, type OwnPrice } from './parse-pricing.ts';

const FILE = 'config/pricing.yaml';

/**
 * The operator's own prices. Without the file there are none.
 *
 * @throws {ConfigError} naming line and key of everything that is wrong
 */
export async function readOwnPrices(projectDirectory: string): Promise<OwnPrice[]> {
  try {
    return parsePricing(FILE, await readFile(path.join(projectDirectory, FILE), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if (error instanceof YamlFileError) throw new ConfigError(`Cannot start: ${error.message.replaceAll('\n', '; ')}`);
    throw error;
  }
}
