/** Samples are a quarter of a millisecond apart. A longer pause is a process that the system had put aside. */
const MAX_SAMPLE_MS = 0.5;

/**
 * Where time went.
 *
 * @typedef {object} Share
 * @property {string} name
 * @property {number} ms
 */

/**
 * As V8 writes it (the Chrome DevTools Protocol's Profiler.Profile), as far as it is needed here.
 *
 * @typedef {object} Profile
 * @property {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[]} nodes
 * @property {number[]} samples ids of nodes
 * @property {number[]} timeDeltas microseconds before each sample
 */

/**
 * Adds up self time, by function and by the package it belongs to, largest first.
 *
 * @param {Profile} profile
 * @returns {{ functions: Share[], packages: Share[], busyMs: number }} busyMs: all of it but idle time
 */
export function sumSelfTime({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map();
  const packages = new Map();
  let busyMs = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    // A sample stands for the time until the next one.
    const ms = Math.min((timeDeltas[index + 1] ?? 0) / 1000, MAX_SAMPLE_MS);
    if (!frame || frame.functionName === '(idle)') continue;
    busyMs += ms;
    add(functions, nameOf(frame), ms);
    add(packages, packageOf(frame), ms);
  }
  return { functions: toShares(functions), packages: toShares(packages), busyMs };
}

/** @param {Profile['nodes'][number]['callFrame']} frame */
function nameOf({ functionName, url, lineNumber }) {
  const file = url.startsWith('node:') ? url : url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${file && ` ${file}:${lineNumber + 1}`}`;
}

/** @param {Profile['nodes'][number]['callFrame']} frame */
function packageOf({ functionName, url }) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(built in)';
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  if (url.startsWith('wasm:')) return 'WebAssembly';
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return installed ?? url.split('/').slice(-2).join('/');
}

/**
 * @param {Map<string, number>} sums
 * @param {string} name
 * @param {number} ms
 */
function add(sums, name, ms) {
  sums.set(name, (sums.get(name) ?? 0) + ms);
}

/** @param {Map<string, number>} sums */
function toShares(sums) {
  return [...sums].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms);
}
