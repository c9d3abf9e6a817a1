/** What an operator can mend. The message is all they need to see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
