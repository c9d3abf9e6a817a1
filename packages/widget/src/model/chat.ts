import { computed, createModel, signal } from '@preact/signals';
import type { History, IdentifyBody, SendMessageBody } from '@salient/shared-types';
import type { Api } from '../protocol/create-api.ts';
import { ChatError, isTransient, toChatError } from '../protocol/errors.ts';
import { followTurn, type TurnStart } from '../protocol/follow-turn.ts';
import type { Network } from '../protocol/network.ts';
import { retry } from '../protocol/retry.ts';
import type { ScheduleFlush } from './answer-writer.ts';
import { createChatMessage, fromStoredMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';
import type { Consent } from './consent.ts';
import { countCharacters } from './count-characters.ts';
import { createId } from './create-id.ts';
import type { IdentityMark } from './identity-mark.ts';
import { mergeHistory } from './merge-history.ts';
import type { Outbox } from './outbox.ts';
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
  outbox: Outbox;
  consent: Consent;
  identityMark: IdentityMark;
}

/** A turn that is asked for here, not joined. */
type AskedTurn = Turn & { user: ChatMessage; body: SendMessageBody };

const HISTORY_ATTEMPTS = 3;
/** How many answers of other tabs a message waits for before it says so. */
const MAX_TURNS_AHEAD = 5;

/** One conversation: its messages, the answer under way, and everything a visitor can do to them. */
export const ChatModel = createModel((dependencies: ChatDependencies) => {
  const { api, network, emit, outbox, consent, identityMark } = dependencies;
  const messages = signal<ChatMessage[]>([]);
  const history = signal<'unloaded' | 'loading' | 'loaded' | 'failed'>('unloaded');
  const historyError = signal<ChatError | null>(null);
  const activity = signal<ChatActivity>('idle');
  const connection = signal<ConnectionState>('connected');
  const tool = signal<string | null>(null);
  const notice = signal<ChatError | null>(null);
  const earlierCursor = signal<string | null>(null);
  const earlier = signal<'idle' | 'loading' | 'failed'>('idle');
  /** An answer that was under way before this page is being read from its beginning. */
  const isRejoining = signal(false);
  /** What is to be sent as soon as the visitor has agreed to it. */
  const heldForConsent = signal<string | null>(null);
  const isBusy = computed(() => activity.value !== 'idle');

  const turns = new WeakMap<ChatMessage, Turn>();
  let lifetime = new AbortController();
  let loading: Promise<void> | undefined;
  /** The answer that was under way when the history was loaded. */
  let joined: Promise<void> = Promise.resolve();
  let current: Turn | undefined;
  /** From the wish to send until the answer has ended. */
  let delivering: AskedTurn | undefined;
  let cancelCurrent = () => {};
  /** The server does not know of it yet. */
  let hasJustAgreed = false;
  /** Who the visitor is, or null for nobody any more, until the server has been told. It is told before the first call. */
  let identity: IdentifyBody | null | undefined;

  /** Loads the conversation, once. Rejoins the answer under way, if there is one. Safe to call again after a fault. */
  function connect(): Promise<void> {
    loading ??= loadHistory(lifetime.signal);
    return loading;
  }

  async function loadHistory(aborted: AbortSignal) {
    history.value = 'loading';
    historyError.value = null;
    try {
      await introduce();
      const limit = dependencies.settings().historyLimit;
      const attempts = { network, signal: aborted, maxAttempts: HISTORY_ATTEMPTS };
      const page = await retry(() => api.history({ limit }), attempts);
      if (aborted.aborted) return;
      takePage(page);
    } catch (error) {
      if (aborted.aborted) return;
      loading = undefined;
      history.value = 'failed';
      historyError.value = toChatError(error);
      emitError(toChatError(error));
    }
  }

  /** What was sent while this was loading has waited for it, so it is newer than all of it. */
  function takePage(page: History) {
    const before = messages.peek();
    messages.value = mergeHistory(before, page);
    // Further up nothing has changed: only the newest turn can be replaced.
    if (messages.peek()[0]?.key !== before[0]?.key || history.peek() !== 'loaded')
      earlierCursor.value = page.next_cursor;
    history.value = 'loaded';
    if (page.active_turn) joined = joinTurn(page.active_turn.id);
  }

  /** Looks for what other tabs have said since. Called whenever the visitor or the network comes back. */
  async function refresh() {
    if (history.peek() === 'failed') return connect();
    if (history.peek() !== 'loaded' || isBusy.peek()) return;
    const { signal: aborted } = lifetime;
    const page = await api.history({ limit: dependencies.settings().historyLimit }).catch(() => undefined);
    // A fault is not worth a word here: nobody has asked for anything.
    if (page && !aborted.aborted && !isBusy.peek()) takePage(page);
  }

  async function loadEarlier() {
    const before = earlierCursor.peek();
    if (before === null || earlier.peek() === 'loading') return;
    const { signal: aborted } = lifetime;
    earlier.value = 'loading';
    try {
      const page = await api.history({ limit: dependencies.settings().historyLimit, before });
      if (aborted.aborted) return;
      const stored = page.messages.filter(({ role }) => role !== 'system');
      messages.value = [...stored.map((message) => fromStoredMessage(message, false)), ...messages.peek()];
      earlierCursor.value = page.next_cursor;
      earlier.value = 'idle';
    } catch (error) {
      earlier.value = 'failed';
      if (!aborted.aborted) notice.value = toChatError(error);
    }
  }

  /** Sends what the visitor wrote. Returns false, and does nothing, when it cannot be sent now. */
  function send(text: string): boolean {
    if (!isSendable(text)) return false;
    if (consent.isNeeded()) heldForConsent.value = text;
    else say(bodyOf(text), messages.peek());
    return true;
  }

  function agree() {
    const text = heldForConsent.peek();
    heldForConsent.value = null;
    consent.give();
    hasJustAgreed = true;
    if (text !== null) send(text);
  }

  /** Returns what was to be sent. */
  function disagree(): string {
    const text = heldForConsent.peek() ?? '';
    heldForConsent.value = null;
    return text;
  }

  /** Sends what an earlier page could not send any more. */
  function sendUnsent() {
    const body = outbox.get();
    if (!body || isBusy.peek()) return;
    hasJustAgreed = body.consent !== undefined;
    ask(body, messages.peek());
  }

  /** Asks the last question again, perhaps in other words: its turn leaves the conversation. */
  function askAgain(text?: string): boolean {
    const question = messages.peek().findLast(({ role }) => role === 'user');
    const { id, content } = question?.state.peek() ?? { id: null, content: '' };
    const message = text ?? content;
    if (!question || !id || !isSendable(message)) return false;
    const body = { ...bodyOf(message), replaces: id };
    const before = messages.peek().slice(0, messages.peek().indexOf(question));
    if (text === undefined) ask(body, before);
    else say(body, before);
    return true;
  }

  function isSendable(text: string): boolean {
    const length = countCharacters(text);
    return !isBusy.peek() && length > 0 && length <= dependencies.settings().maxMessageChars;
  }

  function bodyOf(message: string): SendMessageBody {
    const context = dependencies.context();
    const agreed = isFirst() || hasJustAgreed ? consent.given() : undefined;
    return {
      message,
      client_message_id: createId(),
      ...(context && { context }),
      ...(agreed !== undefined && { consent: agreed }),
    };
  }

  function isFirst(): boolean {
    return !messages.peek().some(({ role, state }) => role === 'user' && state.peek().id !== null);
  }

  function say(body: SendMessageBody, before: readonly ChatMessage[]) {
    emit('message:sent', { text: body.message, client_message_id: body.client_message_id });
    ask(body, before);
  }

  function ask(body: SendMessageBody, before: readonly ChatMessage[]) {
    const user = createChatMessage(createId(), 'user', { content: body.message, status: 'sending' });
    messages.value = [...before, user];
    begin(user, body);
  }

  function begin(user: ChatMessage, body: SendMessageBody) {
    const turn = { user, answer: undefined, turnId: undefined, body };
    turns.set(user, turn);
    void deliver(turn);
  }

  /** Tries a failed message or answer again: the same send, the same stream, or the same question asked anew. */
  function retryMessage(message: ChatMessage) {
    if (isBusy.peek()) return;
    const { error } = message.state.peek();
    const turn = turns.get(message);
    if (turn?.turnId && error && isTransient(error)) {
      // The line was lost, not the answer.
      void follow(turn, { turnId: turn.turnId }).then((failure) => failure && failTurn(turn, failure));
      return;
    }
    const user = message.role === 'user' ? message : findQuestion(message);
    const userState = user?.state.peek();
    if (!user || !userState) return;
    const known = turns.get(user)?.body ?? { message: userState.content };
    // A message the server has stored is replaced; one it never took is sent again under the same id.
    const body = userState.id ? { ...known, replaces: userState.id, client_message_id: createId() } : known;
    const from = messages.peek().indexOf(user);
    messages.value = messages.peek().filter((other, index) => index <= from || other.role === 'user');
    begin(user, body);
  }

  function findQuestion(answer: ChatMessage): ChatMessage | undefined {
    const before = messages.peek().slice(0, messages.peek().indexOf(answer));
    return before.findLast(({ role }) => role === 'user');
  }

  async function deliver(turn: AskedTurn) {
    updateChatMessage(turn.user, { status: 'sending', error: null });
    outbox.set(turn.body);
    activity.value = 'waiting';
    delivering = turn;
    const { signal: aborted } = lifetime;
    // The first message of a page load comes after what was said before, and after the answer it may have to join.
    await connect();
    if (!isFirst() && !hasJustAgreed) {
      // Before they had come, it looked like the first.
      const { consent: _, ...body } = turn.body;
      turn.body = body;
    }
    for (let turnsAhead = 0; ; turnsAhead++) {
      await joined;
      if (aborted.aborted || delivering !== turn) return;
      const failure = await follow(turn, { ask: turn.body, streaming: dependencies.settings().streaming });
      if (aborted.aborted || delivering !== turn) return;
      if (failure?.code === 'TURN_IN_PROGRESS' && turnsAhead < MAX_TURNS_AHEAD) {
        // Another tab was quicker. Its question and answer come first.
        activity.value = 'waiting';
        const page = await api.history({ limit: dependencies.settings().historyLimit }).catch(() => undefined);
        if (page && !aborted.aborted) takePage(page);
        continue;
      }
      delivering = undefined;
      if (failure) failTurn(turn, failure);
      return;
    }
  }

  async function joinTurn(turnId: string) {
    const last = messages.peek().findLast(({ state }) => state.peek().id !== null);
    const answer = last?.role === 'assistant' && last.state.peek().status === 'waiting' ? last : undefined;
    const turn: Turn = { user: undefined, answer, body: undefined, turnId };
    if (answer) turns.set(answer, turn);
    isRejoining.value = true;
    const failure = await follow(turn, { turnId });
    isRejoining.value = false;
    if (failure) failTurn(turn, failure);
  }

  /** Follows a turn to its end, or to the fault that it returns. */
  async function follow(turn: Turn, start: TurnStart): Promise<ChatError | undefined> {
    const abort = new AbortController();
    const forwardAbort = () => abort.abort();
    lifetime.signal.addEventListener('abort', forwardAbort);
    current = turn;
    cancelCurrent = forwardAbort;
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
      onBegin: (ids) => claim(turn, ids),
      stopTurn: (turnId) => void requestStop(turnId),
      reportError: emitError,
    });
    try {
      for await (const event of followTurn(api, network, start, abort.signal)) reader.take(event);
      return undefined;
    } catch (error) {
      reader.flush();
      return abort.signal.aborted ? undefined : toChatError(error);
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
      const shown = messages.peek();
      // An answer that is joined belongs before what is still on its way.
      const unsent = shown.findIndex(({ state }) => state.peek().id === null);
      const at = turn.user ? shown.indexOf(turn.user) + 1 : unsent < 0 ? shown.length : unsent;
      messages.value = [...shown.slice(0, at), turn.answer, ...shown.slice(at)];
    }
    turns.set(turn.answer, turn);
    return turn.answer;
  }

  /** The server has the message. One that was sent twice may stand in the history already. */
  function claim(turn: Turn, ids: (string | null)[]) {
    outbox.set(null);
    if (turn.body?.consent) hasJustAgreed = false;
    const isDouble = (message: ChatMessage) =>
      message !== turn.user && message !== turn.answer && ids.includes(message.state.peek().id);
    if (turn.user && messages.peek().some(isDouble)) {
      messages.value = messages.peek().filter((message) => !isDouble(message));
    }
  }

  function failTurn(turn: Turn, error: ChatError) {
    if (turn.turnId && error.code === 'NOT_FOUND') {
      // Too long ago to be rejoined. What became of it is in the history.
      messages.value = messages.peek().filter(({ state }) => state.peek().id === null);
      loading = undefined;
      void connect();
      return;
    }
    if (!isTransient(error)) outbox.set(null);
    emitError(error);
    if (turn.answer) updateChatMessage(turn.answer, { status: 'error', error });
    else if (turn.user) updateChatMessage(turn.user, { status: 'failed', error });
    else notice.value = error;
  }

  /** Ends the answer under way and keeps what has come. The stream itself then says so. */
  function stop() {
    if (!isBusy.peek() || activity.peek() === 'stopping') return;
    if (delivering && !delivering.turnId && (!network.isOnline() || connection.peek() !== 'connected')) {
      giveUp(delivering);
      return;
    }
    activity.value = 'stopping';
    void stopCurrent();
  }

  /** Takes back a message that waits for the network. It keeps its id, in case the server has it after all. */
  function giveUp(turn: AskedTurn) {
    delivering = undefined;
    outbox.set(null);
    updateChatMessage(turn.user, { status: 'failed', error: new ChatError('OFFLINE') });
    activity.value = 'idle';
    if (current === turn) cancelCurrent();
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

  /**
   * Says who the visitor is, or, with null, that nobody is signed in any more: then whoever comes next finds an empty
   * widget. A conversation on the screen makes room for the one of that person.
   */
  async function identify(next: IdentifyBody | null) {
    identity = next ?? undefined;
    if (!next) {
      if (!identityMark.isSet()) return;
      leave();
      identityMark.tellLeft();
      identity = null;
      loading = undefined;
      return connect();
    }
    if (history.peek() === 'unloaded') return;
    try {
      if (!(await introduce())) return;
    } catch (error) {
      emitError(toChatError(error));
      return;
    }
    // Sent again it is the same message: the server may have it already.
    const unsent = outbox.get();
    forget();
    loading = undefined;
    if (unsent) ask(unsent, []);
    else void connect();
  }

  /** Nothing of whoever was here stays on the screen, whatever the server says. */
  function leave() {
    identity = undefined;
    consent.withdraw();
    forget();
  }

  /** Tells the server who the visitor is, if it is to be told. False when it does not believe it. */
  async function introduce(): Promise<boolean> {
    if (identity === undefined) return true;
    const told = identity;
    let isBelieved = true;
    try {
      await (told ? api.identify(told) : api.signOut());
      identityMark.set(told !== null);
    } catch (error) {
      // A proof that is refused is for the site's developers. The visitor may go on as whoever they were.
      if (isTransient(toChatError(error))) throw error;
      emitError(toChatError(error));
      isBelieved = false;
    }
    if (identity === told) identity = undefined;
    return isBelieved;
  }

  /** Starts a new conversation. The old one stays with the server. */
  async function reset() {
    try {
      await api.reset();
    } catch (error) {
      notice.value = toChatError(error);
      return;
    }
    forget();
  }

  /** Empties the conversation, here only. */
  function forget() {
    lifetime.abort();
    lifetime = new AbortController();
    current = undefined;
    delivering = undefined;
    outbox.set(null);
    activity.value = 'idle';
    connection.value = 'connected';
    messages.value = [];
    earlierCursor.value = null;
    earlier.value = 'idle';
    notice.value = null;
    historyError.value = null;
    history.value = 'loaded';
    loading = Promise.resolve();
  }

  /** Says what the visitor thinks of an answer, and whether the server has kept it. */
  async function rate(message: ChatMessage, rating: 'up' | 'down' | null, comment?: string): Promise<boolean> {
    const { id, rating: before } = message.state.peek();
    if (!id) return false;
    updateChatMessage(message, { rating });
    try {
      await api.rate(id, rating, comment);
      return true;
    } catch (error) {
      updateChatMessage(message, { rating: before });
      notice.value = toChatError(error);
      return false;
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
    earlier,
    isRejoining,
    heldForConsent,
    connect,
    refresh,
    loadEarlier,
    send,
    agree,
    disagree,
    sendUnsent,
    askAgain,
    retryMessage,
    stop,
    reset,
    identify,
    leave,
    rate,
    dismissNotice,
    disconnect,
  };
});

export type Chat = InstanceType<typeof ChatModel>;
