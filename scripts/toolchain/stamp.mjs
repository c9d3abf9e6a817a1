import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root.mjs';

// Inside node_modules, so that removing node_modules forgets what was done in it.
const pathOf = (/** @type {string} */ name) => join(projectRoot, 'node_modules', `.salient-${name}`);

/**
 * Whether this work was last finished with exactly this input.
 *
 * @param {string} name
 * @param {string} value
 */
export function isStamped(name, value) {
  try {
    return readFileSync(pathOf(name), 'utf8') === value;
  } catch {
    return false;
  }
}

/**
 * Notes that the work is finished. Call it only after the work succeeded.
 *
 * @param {string} name
 * @param {string} value
 */
export function stamp(name, value) {
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  writeFileSync(pathOf(name), value);
}
