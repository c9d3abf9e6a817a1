import type { IdentifyBody } from '@salient/shared-types';
import { isTransient, toChatError } from '../protocol/errors.ts';
import type { ChatShared } from './chat-dependencies.ts';

/** Tells the server who the visitor is, before the first call. */
export function createIntroduction({ api, identityMark, reportError }: ChatShared) {
  /** Null for nobody any more. Undefined when there is nothing to tell. */
  let identity: IdentifyBody | null | undefined;

  const setIdentity = (next: IdentifyBody | null | undefined) => {
    identity = next;
  };

  /** False when the server does not believe it. */
  const introduce = async (): Promise<boolean> => {
    if (identity === undefined) return true;
    const told = identity;
    let isBelieved = true;
    try {
      await (told ? api.identify(told) : api.signOut());
      identityMark.set(told !== null);
    } catch (error) {
      // A proof that is refused is for the site's developers. The visitor may go on as whoever they were.
      if (isTransient(toChatError(error))) throw error;
      reportError(toChatError(error));
      isBelieved = false;
    }
    if (identity === told) identity = undefined;
    return isBelieved;
  };

  return { setIdentity, introduce };
}
