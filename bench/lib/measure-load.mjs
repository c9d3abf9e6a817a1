import { keepAsking } from './keep-asking.mjs';
import { readCpuMs, readPostgresCpuMs } from './process-usage.mjs';

/**
 * What a target did under one load, over all rounds.
 *
 * @typedef {object} Measured
 * @property {import('./start-targets.mjs').Target} target
 * @property {import('./ask.mjs').Answer[]} answers
 * @property {number[]} answersPerSecond one per round
 * @property {number | null} cpuMsPerAnswer of the target's process; null: has none, or not known
 * @property {number | null} databaseCpuMsPerAnswer of PostgreSQL; null: does not use one, or not known
 * @property {number | null} busyCores CPU time of the target's process per time
 */

/**
 * Puts the same load on every target, round after round, each round beginning with another target.
 *
 * @param {import('./start-targets.mjs').Target[]} targets
 * @param {{ model: string, streams: number, durationMs: number, rounds: number }} load
 * @returns {Promise<Measured[]>} in the order of the targets
 */
export async function measureLoad(targets, load) {
  const measuring = targets.map((target) => ({ target, rounds: /** @type {MeasuredRound[]} */ ([]) }));
  for (let round = 0; round < load.rounds; round += 1) {
    for (let turn = 0; turn < measuring.length; turn += 1) {
      const next = measuring[(round + turn) % measuring.length];
      if (next) next.rounds.push(await measureRound(next.target, load));
    }
  }
  return measuring.map(({ target, rounds }) => summarize(target, rounds));
}

/** @typedef {import('./keep-asking.mjs').Round & { cpuMs: number | null, databaseCpuMs: number | null }} MeasuredRound */

/**
 * @param {import('./start-targets.mjs').Target} target
 * @param {{ model: string, streams: number, durationMs: number }} load
 * @returns {Promise<MeasuredRound>}
 */
async function measureRound(target, load) {
  const readDatabase = () => (target.database === 'PostgreSQL' ? readPostgresCpuMs() : null);
  const before = { cpu: readCpuMs(target.pid), database: readDatabase() };
  const round = await keepAsking(target, load);
  return {
    ...round,
    cpuMs: difference(readCpuMs(target.pid), before.cpu),
    databaseCpuMs: difference(readDatabase(), before.database),
  };
}

/**
 * @param {import('./start-targets.mjs').Target} target
 * @param {MeasuredRound[]} rounds
 * @returns {Measured}
 */
function summarize(target, rounds) {
  const answers = rounds.flatMap((round) => round.answers);
  const elapsedMs = sum(rounds.map((round) => round.elapsedMs)) ?? 0;
  const cpuMs = sum(rounds.map((round) => round.cpuMs));
  const databaseCpuMs = sum(rounds.map((round) => round.databaseCpuMs));
  return {
    target,
    answers,
    answersPerSecond: rounds.map((round) => (round.answers.length / round.elapsedMs) * 1000),
    cpuMsPerAnswer: cpuMs === null ? null : cpuMs / answers.length,
    databaseCpuMsPerAnswer: databaseCpuMs === null ? null : databaseCpuMs / answers.length,
    busyCores: cpuMs === null ? null : cpuMs / elapsedMs,
  };
}

/** @param {(number | null)[]} values */
function sum(values) {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}

/**
 * @param {number | null} after
 * @param {number | null} before
 */
function difference(after, before) {
  return after === null || before === null ? null : after - before;
}
