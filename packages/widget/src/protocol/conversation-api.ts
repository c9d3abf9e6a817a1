import type { History, Identified, IdentifyBody } from '@salient/shared-types';
import { IDENTIFY_PATH, SIGN_OUT_PATH, type Call } from './create-caller.ts';
import { ChatError } from './errors.ts';
import { post } from './post.ts';
import { readJson } from './read-json.ts';
import type { TokenStore } from './token-store.ts';

/** The endpoints below `A` that a panel needs before anything is said. Every method rejects with `ChatError` only. */
export interface ConversationApi {
  history(options: { limit: number; before?: string | undefined }): Promise<History>;
  reset(): Promise<void>;
  /** Says who the visitor is. What the browser was recognised by before is worth nothing then. */
  identify(identity: IdentifyBody): Promise<void>;
  /** Whoever uses the browser next is somebody new. */
  signOut(): Promise<void>;
}

export function createConversationApi(call: Call, tokens: TokenStore): ConversationApi {
  return {
    async history({ limit, before }) {
      const query = new URLSearchParams({ limit: String(limit), ...(before && { before }) });
      const history = await readJson<History>(await call(`/history?${query}`));
      if (!Array.isArray(history.messages)) throw new ChatError('BAD_RESPONSE');
      return history;
    },
    async reset() {
      await post(call, '/session/reset', {});
    },
    async identify(identity) {
      const { token } = await readJson<Identified>(await call(IDENTIFY_PATH, { method: 'POST', body: identity }));
      if (token) tokens.set(token);
    },
    async signOut() {
      await post(call, SIGN_OUT_PATH, {});
      tokens.set(null);
    },
  };
}
