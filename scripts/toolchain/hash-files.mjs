import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

/**
 * One hash over names and contents of the given files and folders (relative to the project; absent ones count as absent).
 *
 * @param {string[]} paths
 * @param {(path: string) => boolean} [isWanted] leaves out files and whole folders that do not matter
 */
export function hashFiles(paths, isWanted = () => true) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((start) => listFiles(start, isWanted)).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(projectRoot, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @param {(path: string) => boolean} isWanted
 * @returns {string[]}
 */
function listFiles(path, isWanted) {
  const absolute = join(projectRoot, path);
  if (!existsSync(absolute) || !isWanted(path)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute).flatMap((name) => listFiles(`${path}/${name}`, isWanted));
}
