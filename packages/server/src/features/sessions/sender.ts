import type { EnterByKeyInput, EnteredByKey } from '../../db/index.ts';

/** Who sends a message. Looking them up is left to the statement that stores it, so that it costs no round trip. */
export interface Sender {
  /** Who they are, unless their entry says otherwise. */
  sessionKey: string;
  /** To be proved. Null: nothing is left to prove. */
  entry: EnterByKeyInput | null;
  /**
   * Takes what the database said of the entry, or asks it, and brings the browser its key. Resolves to the session key that
   * it has been proved to be: nothing may be shown to, or done for, anybody else.
   *
   * @throws {AppError} UNAUTHENTICATED for a credential that is no longer good
   */
  prove(entered?: EnteredByKey): Promise<string>;
}

export function knownSender(sessionKey: string): Sender {
  return { sessionKey, entry: null, prove: () => Promise.resolve(sessionKey) };
}
