/**
 * Sends a message to a program of ours and waits for the answer.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ type: string, file?: string }} message
 * @param {string} answerType
 * @returns {Promise<any>}
 */
export function askChild(child, message, answerType) {
  return new Promise((resolve) => {
    child.on('message', hear);
    child.send(message);

    /** @param {any} answer */
    function hear(answer) {
      if (answer.type !== answerType) return;
      child.off('message', hear);
      resolve(answer);
    }
  });
}
