import { readdirSync, readFileSync } from 'node:fs';

/** The unit of times in /proc/<pid>/stat, on every architecture Node runs on. */
const TICK_MS = 10;

/**
 * CPU time (user and system) that a process has used so far.
 *
 * @param {number | undefined} pid
 * @returns {number | null} null where the system does not say
 */
export function readCpuMs(pid) {
  const fields = readStat(pid);
  return fields && (fields.userTicks + fields.systemTicks) * TICK_MS;
}

/**
 * The same for every PostgreSQL process below this one, together with the connections that have ended meanwhile.
 *
 * @returns {number | null}
 */
export function readPostgresCpuMs() {
  let ticks = 0;
  for (const pid of processIds()) {
    const fields = readStat(pid);
    if (fields?.name === 'postgres' && isBelowUs(fields.parent)) {
      ticks += fields.userTicks + fields.systemTicks + fields.endedChildrenTicks;
    }
  }
  return ticks === 0 ? null : ticks * TICK_MS;
}

/**
 * @param {number | undefined} pid
 * @returns {{ nowMiB: number, peakMiB: number } | null} resident memory
 */
export function readMemory(pid) {
  const status = readProc(`${pid}/status`);
  const readMiB = (/** @type {string} */ key) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status ?? '')?.[1]) / 1024;
  return status === null ? null : { nowMiB: readMiB('VmRSS'), peakMiB: readMiB('VmHWM') };
}

/** @param {number | undefined} pid */
function readStat(pid) {
  const stat = readProc(`${pid}/stat`);
  if (stat === null) return null;
  // The name is in brackets and may hold anything; the rest are numbers, from field 3 of proc(5) on.
  const afterName = stat.lastIndexOf(')');
  const field = stat.slice(afterName + 2).split(' ');
  const read = (/** @type {number} */ number) => Number(field[number - 3]);
  return {
    name: stat.slice(stat.indexOf('(') + 1, afterName),
    parent: read(4),
    userTicks: read(14),
    systemTicks: read(15),
    endedChildrenTicks: read(16) + read(17),
  };
}

/** @param {number} pid */
function isBelowUs(pid) {
  for (let current = pid; current > 1; current = readStat(current)?.parent ?? 0) {
    if (current === process.pid) return true;
  }
  return false;
}

function processIds() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** @param {string} name */
function readProc(name) {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    // No such process, or no /proc at all.
    return null;
  }
}
