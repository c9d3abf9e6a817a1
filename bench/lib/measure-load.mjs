import { setTimeout as wait } from 'node:timers/promises';
import { keepAsking } from './keep-asking.mjs';
import { parseModel } from './model.mjs';
import { readCpuMs, readPostgresCpuMs } from './process-usage.mjs';

/**
 * What a target did under one load, over all rounds.
 *
 * @typedef {object} Measured
 * @property {import('./start-targets.mjs').Target} target
 * @property {import('./ask.mjs').Answer[]} answers asked for once all streams were open
 * @property {number} answered in all
 * @property {number} tokens in all
 * @property {number[]} answersPerSecond one per round
 * @property {import('./create-lags.mjs').Lags} lags of the last round
 * @property {number | null} cpuMs of the target's process; null: has none, or not known
 * @property {number | null} databaseCpuMs of PostgreSQL; null: does not use one, or not known
 * @property {number | null} busyCores CPU time of the target's process per time, while all streams were open
 */

/**
 * Puts the same load on every target, round after round, each round beginning with another target.
 *
 * @param {import('./start-targets.mjs').Target[]} targets
 * @param {import('./keep-asking.mjs').Load & { rounds: number }} load
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
  const { tokens } = parseModel(load.model);
  return measuring.map(({ target, rounds }) => summarize(target, rounds, tokens));
}

/**
 * @typedef {import('./keep-asking.mjs').Round & {
 *   cpuMs: number | null, databaseCpuMs: number | null, busyCores: number | null
 * }} MeasuredRound
 */

/**
 * @param {import('./start-targets.mjs').Target} target
 * @param {import('./keep-asking.mjs').Load} load
 * @returns {Promise<MeasuredRound>}
 */
async function measureRound(target, load) {
  const readDatabase = () => (target.database === 'PostgreSQL' ? readPostgresCpuMs() : null);
  const before = { cpu: readCpuMs(target.pid), database: readDatabase() };
  const [round, busyCores] = await Promise.all([keepAsking(target, load), measureBusyCores(target, load)]);
  return {
    ...round,
    busyCores,
    cpuMs: difference(readCpuMs(target.pid), before.cpu),
    databaseCpuMs: difference(readDatabase(), before.database),
  };
}

/**
 * @param {import('./start-targets.mjs').Target} target
 * @param {import('./keep-asking.mjs').Load} load
 */
async function measureBusyCores({ pid }, { durationMs, settleMs = 0 }) {
  await wait(settleMs);
  const from = { cpuMs: readCpuMs(pid), at: performance.now() };
  await wait(durationMs - settleMs);
  const cpuMs = difference(readCpuMs(pid), from.cpuMs);
  return cpuMs === null ? null : cpuMs / (performance.now() - from.at);
}

/**
 * @param {import('./start-targets.mjs').Target} target
 * @param {MeasuredRound[]} rounds at least one
 * @param {number} tokens in an answer
 * @returns {Measured}
 */
function summarize(target, rounds, tokens) {
  const answered = sum(rounds.map((round) => round.answered)) ?? 0;
  const busy = sum(rounds.map((round) => round.busyCores));
  const [last] = rounds.slice(-1);
  if (!last) throw new Error('a load needs a round');
  return {
    target,
    answered,
    tokens: answered * tokens,
    answers: rounds.flatMap((round) => round.answers),
    answersPerSecond: rounds.map((round) => (round.answered / round.elapsedMs) * 1000),
    lags: last.lags,
    cpuMs: sum(rounds.map((round) => round.cpuMs)),
    databaseCpuMs: sum(rounds.map((round) => round.databaseCpuMs)),
    busyCores: busy === null ? null : busy / rounds.length,
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
