import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The first of these programs that exists and may be run, looked for in the folders of PATH and then in the extra ones.
 *
 * @param {string[]} names
 * @param {string[]} extraFolders
 * @returns {string | undefined} its path
 */
export function findOnPath(names, extraFolders) {
  const folders = [...pathFolders(), ...extraFolders];
  return names.flatMap((name) => folders.map((folder) => join(folder, programName(name)))).find(isExecutable);
}

/** The folders that the system looks for programs in. */
export function pathFolders() {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/** @param {string} name */
export function programName(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
