import { computed, createModel, signal } from '@preact/signals';
import type { SendMessageBody } from '@salient/shared-types';
import type { Api } from '../protocol/create-api.ts';
import { isTransient, toChatError, type ChatError } from '../protocol/errors.ts';
import { followTurn, type TurnStart } from '../protocol/follow-turn.ts';
import type { Network } from '../protocol/network.ts';
import { retry } from '../protocol/retry.ts';
import type { ScheduleFlush } from './answer-writer.ts';
import { createChatMessage, fromStoredMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';
import { countCharacters } from './count-characters.ts';
import { createId } from './create-id.ts';
import { createTurnReader, type ChatActivity, type ConnectionState, type Turn } from './turn-reader.ts';
import type { EmitEvent } from './widget-events.ts';

export interface ChatDependencies {
  api: Api;
  network: Network;
  scheduleFlush: ScheduleFlush;
  emit: EmitEvent;
  /** Read when a message is sent, so that changed settings apply to the next one. */
  settings: () => { streaming: boolean; historyLimit: number; maxMessageChars: number };
  /** Page data to send along, if the page gave any. */
  context: () => Record<string, unknown> | undefined;
}

const HISTORY_ATTEMPTS = 3;

/** One conversation: its messages, the answer under way, and everything a visitor can do to them. */
export const ChatModel = createModel((dependencies: ChatDependencies) => {
  const { api, network, emit } = dependencies;
  const messages = signal<ChatMessage[]>([]);
  const history = signal<'unloaded' | 'loading' | 'loaded' | 'failed'>('unloaded');
  const historyError = signal<ChatError | null>(null);
  const activity = signal<ChatActivity>('idle');
  const connection = signal<ConnectionState>('connected');
  const tool = signal<string | null>(null);
  const notice = signal<ChatError | null>(null);
  const earlierCursor = signal<string | null>(null);
  const isBusy = computed(() => activity.value !== 'idle');

  const turns = new WeakMap<ChatMessage, Turn>();
  let lifetime = new AbortController();
  let loading: Promise<void> | undefined;
  /** The answer that was under way when the history was loaded. */
  let joined: Promise<void> = Promise.resolve();
  let current: Turn | undefined;

  /** Loads the conversation, once. Rejoins the answer under way, if there is one. Safe to call again after a fault. */
  function connect(): Promise<void> {
    loading ??= loadHistory(lifetime.signal);
    return loading;
  }

  async function loadHistory(aborted: AbortSignal) {
    history.value = 'loading';
    historyError.value = null;
    try {
      const limit = dependencies.settings().historyLimit;
      const attempts = { network, signal: aborted, maxAttempts: HISTORY_ATTEMPTS };
      const page = await retry(() => api.history({ limit }), attempts);
      if (aborted.aborted) return;
      const stored = page.messages.filter(({ role }) => role !== 'system');
      const loaded = stored.map((message) => fromStoredMessage(message, page.active_turn !== null));
      // What was sent while this was loading waits for it, so it is newer than all of it.
      const known = new Set(messages.peek().map(({ state }) => state.peek().id));
      messages.value = [...loaded.filter(({ key }) => !known.has(key)), ...messages.peek()];
      earlierCursor.value = page.next_cursor;
      history.value = 'loaded';
      if (page.active_turn) joined = joinTurn(page.active_turn.id, loaded);
    } catch (error) {
      if (aborted.aborted) return;
      loading = undefined;
      history.value = 'failed';
      historyError.value = toChatError(error);
      emitError(toChatError(error));
    }
  }

  async function loadEarlier() {
    const before = earlierCursor.peek();
    if (before === null) return;
    // Taken away while loading, so that a second click does not load the same page twice.
    earlierCursor.value = null;
    try {
      const page = await api.history({ limit: dependencies.settings().historyLimit, before });
      const stored = page.messages.filter(({ role }) => role !== 'system');
      messages.value = [...stored.map((message) => fromStoredMessage(message, false)), ...messages.peek()];
      earlierCursor.value = page.next_cursor;
    } catch (error) {
      earlierCursor.value = before;
      notice.value = toChatError(error);
    }
  }

  /** Sends what the visitor wrote. Returns false, and does nothing, when it cannot be sent now. */
  function send(text: string): boolean {
    const length = countCharacters(text);
    if (isBusy.peek() || length === 0 || length > dependencies.settings().maxMessageChars) return false;
    const body: SendMessageBody = { message: text, client_message_id: createId() };
    const user = createChatMessage(createId(), 'user', { content: text, status: 'sending' });
    messages.value = [...messages.peek(), user];
    const context = dependencies.context();
    const turn = { user, answer: undefined, turnId: undefined, body: context ? { ...body, context } : body };
    turns.set(user, turn);
    emit('message:sent', { text, client_message_id: body.client_message_id });
    void deliver(turn);
    return true;
  }

  /** Tries a failed message or answer again: the same send, the same stream, or the same question asked anew. */
  function retryMessage(message: ChatMessage) {
    if (isBusy.peek()) return;
    const { error } = message.state.peek();
    const turn = turns.get(message);
    if (turn?.turnId && error && isTransient(error)) {
      // The line was lost, not the answer.
      void follow(turn, { turnId: turn.turnId });
      return;
    }
    const user = message.role === 'user' ? message : findQuestion(message);
    const userState = user?.state.peek();
    if (!user || !userState) return;
    const known = turns.get(user)?.body ?? { message: userState.content };
    // A message the server has stored is replaced; one it never took is sent again under the same id.
    const body = userState.id ? { ...known, replaces: userState.id, client_message_id: createId() } : known;
    const retried = { user, answer: undefined, turnId: undefined, body };
    turns.set(user, retried);
    const from = messages.peek().indexOf(user);
    messages.value = messages.peek().filter((other, index) => index <= from || other.role === 'user');
    void deliver(retried);
  }

  function findQuestion(answer: ChatMessage): ChatMessage | undefined {
    const before = messages.peek().slice(0, messages.peek().indexOf(answer));
    return before.findLast(({ role }) => role === 'user');
  }

  async function deliver(turn: Turn & { user: ChatMessage; body: SendMessageBody }) {
    updateChatMessage(turn.user, { status: 'sending', error: null });
    activity.value = 'waiting';
    const { signal: aborted } = lifetime;
    // The first message of a page load comes after what was said before, and after the answer it may have to join.
    await connect();
    await joined;
    if (aborted.aborted) return;
    await follow(turn, { ask: turn.body, streaming: dependencies.settings().streaming });
  }

  async function joinTurn(turnId: string, loaded: ChatMessage[]) {
    const last = loaded.at(-1);
    const answer = last?.role === 'assistant' && last.state.peek().status === 'waiting' ? last : undefined;
    const turn: Turn = { user: undefined, answer, body: undefined, turnId };
    if (answer) turns.set(answer, turn);
    await follow(turn, { turnId });
  }

  async function follow(turn: Turn, start: TurnStart) {
    const abort = new AbortController();
    const forwardAbort = () => abort.abort();
    lifetime.signal.addEventListener('abort', forwardAbort);
    current = turn;
    // It may have been stopped already, while what came before it was waited for.
    if (activity.peek() === 'idle') activity.value = 'waiting';
    const reader = createTurnReader({
      turn,
      activity,
      connection,
      tool,
      emit,
      scheduleFlush: dependencies.scheduleFlush,
      answer: () => ensureAnswer(turn),
      stopTurn: (turnId) => void requestStop(turnId),
      reportError: emitError,
    });
    try {
      for await (const event of followTurn(api, network, start, abort.signal)) reader.take(event);
    } catch (error) {
      reader.flush();
      if (!abort.signal.aborted) failTurn(turn, toChatError(error));
    } finally {
      reader.cancel();
      lifetime.signal.removeEventListener('abort', forwardAbort);
      if (current === turn) {
        current = undefined;
        activity.value = 'idle';
        connection.value = 'connected';
        tool.value = null;
      }
    }
  }

  function ensureAnswer(turn: Turn): ChatMessage {
    if (!turn.answer) {
      turn.answer = createChatMessage(createId(), 'assistant', { status: 'waiting' });
      messages.value = [...messages.peek(), turn.answer];
    }
    turns.set(turn.answer, turn);
    return turn.answer;
  }

  function failTurn(turn: Turn, error: ChatError) {
    if (turn.turnId && error.code === 'NOT_FOUND') {
      // Too long ago to be rejoined. What became of it is in the history.
      messages.value = [];
      loading = undefined;
      void connect();
      return;
    }
    emitError(error);
    if (turn.answer) updateChatMessage(turn.answer, { status: 'error', error });
    else if (turn.user) updateChatMessage(turn.user, { status: 'failed', error });
    else notice.value = error;
  }

  /** Ends the answer under way and keeps what has come. The stream itself then says so. */
  function stop() {
    if (!isBusy.peek() || activity.peek() === 'stopping') return;
    activity.value = 'stopping';
    void stopCurrent();
  }

  async function stopCurrent() {
    // Before the first event of a stream the reader stops it. An answer in one piece is only known to the history.
    if (current?.turnId) await requestStop(current.turnId);
    else if (!dependencies.settings().streaming) {
      const page = await api.history({ limit: 1 }).catch(() => undefined);
      if (page?.active_turn) await requestStop(page.active_turn.id);
    }
  }

  async function requestStop(turnId: string) {
    try {
      await api.stop(turnId);
    } catch (error) {
      if (activity.peek() !== 'stopping') return;
      activity.value = 'streaming';
      notice.value = toChatError(error);
    }
  }

  /** Starts a new conversation. The old one stays with the server. */
  async function reset() {
    try {
      await api.reset();
    } catch (error) {
      notice.value = toChatError(error);
      return;
    }
    lifetime.abort();
    lifetime = new AbortController();
    current = undefined;
    activity.value = 'idle';
    connection.value = 'connected';
    messages.value = [];
    earlierCursor.value = null;
    notice.value = null;
    historyError.value = null;
    history.value = 'loaded';
    loading = Promise.resolve();
  }

  async function rate(message: ChatMessage, rating: 'up' | 'down' | null) {
    const { id, rating: before } = message.state.peek();
    if (!id) return;
    updateChatMessage(message, { rating });
    try {
      await api.rate(id, rating);
    } catch (error) {
      updateChatMessage(message, { rating: before });
      notice.value = toChatError(error);
    }
  }

  function dismissNotice() {
    notice.value = null;
  }

  /** Closes every connection. Answers under way go on at the server. */
  function disconnect() {
    lifetime.abort();
  }

  function emitError(error: ChatError) {
    emit('error', { code: error.code, detail: error.detail, request_id: error.requestId });
  }

  return {
    messages,
    history,
    historyError,
    activity,
    isBusy,
    connection,
    tool,
    notice,
    earlierCursor,
    connect,
    loadEarlier,
    send,
    retryMessage,
    stop,
    reset,
    rate,
    dismissNotice,
    disconnect,
  };
});

export type Chat = InstanceType<typeof ChatModel>;
