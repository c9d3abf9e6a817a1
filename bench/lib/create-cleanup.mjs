/**
 * Remembers how to undo what has been started.
 *
 * @typedef {object} Cleanup
 * @property {(undo: () => Promise<unknown>) => void} add
 * @property {() => Promise<void>} run undoes everything, newest first, also where one of them fails; may be called twice
 */

/** @returns {Cleanup} */
export function createCleanup() {
  /** @type {(() => Promise<unknown>)[]} */
  const undos = [];
  return {
    add: (undo) => void undos.push(undo),
    async run() {
      for (let undo = undos.pop(); undo; undo = undos.pop()) {
        await undo().catch((/** @type {Error} */ error) => console.error(`bench: ${error.message}`));
      }
    },
  };
}
