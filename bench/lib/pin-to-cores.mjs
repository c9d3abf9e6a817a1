import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const cores = availableParallelism();
/** The program that is measured has this one; everything else shares the others. */
const TARGET_CORE = '0';
const OTHER_CORES = cores > 2 ? `1-${cores - 1}` : '1';

/**
 * Keeps this process, and all that it starts from now on, off the core of what is measured.
 *
 * @returns {string} which process runs where
 */
export function leaveTargetCore() {
  return cores > 1 && pin(process.pid, OTHER_CORES)
    ? `target alone on core ${TARGET_CORE}; client, upstream and PostgreSQL share core ${OTHER_CORES}`
    : 'no process bound to a core';
}

/** For suites whose target is a browser: what this process starts from now on may run anywhere again. */
export function takeEveryCore() {
  if (cores > 1) pin(process.pid, `0-${cores - 1}`);
}

/** @param {number | undefined} pid */
export function pinToTargetCore(pid) {
  if (cores > 1 && pid !== undefined) pin(pid, TARGET_CORE);
}

/**
 * @param {number} pid
 * @param {string} list
 */
function pin(pid, list) {
  try {
    // With all its threads; what they start inherits it.
    execFileSync('taskset', ['-acp', list, `${pid}`], { stdio: 'ignore' });
    return true;
  } catch {
    // Another system than Linux, or a container that allows other cores only.
    return false;
  }
}
