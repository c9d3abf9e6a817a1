import type { History } from '@salient/shared-types';
import { toChatError } from '../protocol/errors.ts';
import { retry } from '../protocol/retry.ts';
import type { ChatShared } from './chat-dependencies.ts';
import { fromStoredMessage } from './chat-message.ts';
import { mergeHistory } from './merge-history.ts';

const HISTORY_ATTEMPTS = 3;

interface ChatHistoryInput {
  introduce: () => Promise<unknown>;
  /** Called with the answer that is under way. */
  joinTurn: (turnId: string) => void;
}

export type ChatHistory = ReturnType<typeof createChatHistory>;

/** What was said before this page, and since then in other tabs. */
export function createChatHistory(
  { chat, api, network, settings, lifetime, reportError }: ChatShared,
  { introduce, joinTurn }: ChatHistoryInput,
) {
  let loading: Promise<void> | undefined;

  return { connect, reload, refresh, catchUp, loadEarlier, clear };

  /** Loads the conversation, once. Rejoins the answer under way, if there is one. Safe to call again after a fault. */
  function connect(): Promise<void> {
    loading ??= load(lifetime());
    return loading;
  }

  function reload(): Promise<void> {
    loading = undefined;
    return connect();
  }

  async function load(aborted: AbortSignal) {
    chat.history.value = 'loading';
    chat.historyError.value = null;
    try {
      await introduce();
      const page = await retry(() => readPage(), { network, signal: aborted, maxAttempts: HISTORY_ATTEMPTS });
      if (!aborted.aborted) takePage(page);
    } catch (error) {
      if (aborted.aborted) return;
      loading = undefined;
      chat.history.value = 'failed';
      chat.historyError.value = toChatError(error);
      reportError(toChatError(error));
    }
  }

  function readPage(before?: string): Promise<History> {
    return api.history({ limit: settings().historyLimit, before });
  }

  /** What was sent while this was loading has waited for it, so it is newer than all of it. */
  function takePage(page: History) {
    const before = chat.messages.peek();
    chat.messages.value = mergeHistory(before, page);
    // Further up nothing has changed: only the newest turn can be replaced.
    if (chat.messages.peek()[0]?.key !== before[0]?.key || chat.history.peek() !== 'loaded')
      chat.earlierCursor.value = page.next_cursor;
    chat.history.value = 'loaded';
    if (page.active_turn) joinTurn(page.active_turn.id);
  }

  /** Looks for what other tabs have said since. Called whenever the visitor or the network comes back. */
  async function refresh() {
    if (chat.history.peek() === 'failed') return connect();
    if (chat.history.peek() === 'loaded' && !chat.isBusy.peek()) return catchUp(() => !chat.isBusy.peek());
  }

  /** A fault is not worth a word here: nobody has asked for anything. */
  async function catchUp(isWanted = () => true) {
    const aborted = lifetime();
    const page = await readPage().catch(() => undefined);
    if (page && !aborted.aborted && isWanted()) takePage(page);
  }

  async function loadEarlier() {
    const before = chat.earlierCursor.peek();
    if (before === null || chat.earlier.peek() === 'loading') return;
    const aborted = lifetime();
    chat.earlier.value = 'loading';
    try {
      const page = await readPage(before);
      if (aborted.aborted) return;
      const stored = page.messages.filter(({ role }) => role !== 'system');
      chat.messages.value = [...stored.map((message) => fromStoredMessage(message, false)), ...chat.messages.peek()];
      chat.earlierCursor.value = page.next_cursor;
      chat.earlier.value = 'idle';
    } catch (error) {
      chat.earlier.value = 'failed';
      if (!aborted.aborted) chat.notice.value = toChatError(error);
    }
  }

  /** Nothing was said before. */
  function clear() {
    chat.earlierCursor.value = null;
    chat.earlier.value = 'idle';
    chat.historyError.value = null;
    chat.history.value = 'loaded';
    loading = Promise.resolve();
  }
}
