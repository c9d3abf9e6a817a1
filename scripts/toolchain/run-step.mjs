import { ExplainedError } from './explained-error.mjs';

/**
 * Runs one named step and prints one line for it with its seconds; a failure carries the step's output in full.
 *
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} run
 */
export async function runStep(name, run) {
  const startedAt = performance.now();
  const { code, output } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}`);
  if (code === 0) return;
  console.log(`\n${output.trim()}\n`);
  throw new ExplainedError(`Stopped: "${name}" failed (exit code ${code}); its output is above.`);
}
