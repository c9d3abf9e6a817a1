/** A failure whose message says everything a person needs; it is shown without a stack. */
export class ExplainedError extends Error {}

/**
 * Ends the process with exit code 1 after showing the error: its message when explained, all of it otherwise.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function exitWithError(error) {
  console.error(error instanceof ExplainedError ? error.message : error);
  process.exit(1);
}
