import { createModel } from '@preact/signals';
import type { IdentifyBody, SendMessageBody } from '@salient/shared-types';
import { ChatError, isTransient, toChatError } from '../protocol/errors.ts';
import type { ChatDependencies } from './chat-dependencies.ts';
import { createChatHistory } from './chat-history.ts';
import { createChatState } from './chat-state.ts';
import { createChatMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';
import { countCharacters } from './count-characters.ts';
import { createId } from './create-id.ts';
import { createIntroduction } from './introduction.ts';
import { createRateMessage } from './rate-message.ts';
import { createTurnFollower } from './turn-follower.ts';
import type { Turn } from './turn-reader.ts';

/** A turn that is asked for here, not joined. */
type AskedTurn = Turn & { user: ChatMessage; body: SendMessageBody };

/** How many answers of other tabs a message waits for before it says so. */
const MAX_TURNS_AHEAD = 5;

/** One conversation: its messages, the answer under way, and everything a visitor can do to them. */
export const ChatModel = createModel((dependencies: ChatDependencies) => {
  const { api, network, emit, outbox, consent, identityMark } = dependencies;
  const chat = createChatState();

  const turns = new WeakMap<ChatMessage, Turn>();
  let lifetime = new AbortController();
  /** The answer that was under way when the history was loaded. */
  let joined: Promise<void> = Promise.resolve();
  /** From the wish to send until the answer has ended. */
  let delivering: AskedTurn | undefined;
  /** The server does not know of it yet. */
  let hasJustAgreed = false;
  const shared = { ...dependencies, chat, lifetime: () => lifetime.signal, reportError };
  const { follow, rest, cancel, stopCurrent } = createTurnFollower(shared, ensureAnswer, claim);
  const { setIdentity, introduce } = createIntroduction(shared);
  const { connect, reload, catchUp, clear, refresh, loadEarlier } = createChatHistory(shared, {
    introduce,
    joinTurn: (turnId) => void (joined = joinTurn(turnId)),
  });

  /** Sends what the visitor wrote. Returns false, and does nothing, when it cannot be sent now. */
  function send(text: string): boolean {
    if (!isSendable(text)) return false;
    if (consent.isNeeded()) chat.heldForConsent.value = text;
    else say(bodyOf(text), chat.messages.peek());
    return true;
  }

  function agree() {
    const text = chat.heldForConsent.peek();
    chat.heldForConsent.value = null;
    consent.give();
    hasJustAgreed = true;
    if (text !== null) send(text);
  }

  /** Returns what was to be sent. */
  function disagree(): string {
    const text = chat.heldForConsent.peek() ?? '';
    chat.heldForConsent.value = null;
    return text;
  }

  /** Sends what an earlier page could not send any more. */
  function sendUnsent() {
    const body = outbox.get();
    if (!body || chat.isBusy.peek()) return;
    hasJustAgreed = body.consent !== undefined;
    ask(body, chat.messages.peek());
  }

  /** Asks the last question again, perhaps in other words: its turn leaves the conversation. */
  function askAgain(text?: string): boolean {
    const question = chat.messages.peek().findLast(({ role }) => role === 'user');
    const { id, content } = question?.state.peek() ?? { id: null, content: '' };
    const message = text ?? content;
    if (!question || !id || !isSendable(message)) return false;
    const body = { ...bodyOf(message), replaces: id };
    const before = chat.messages.peek().slice(0, chat.messages.peek().indexOf(question));
    if (text === undefined) ask(body, before);
    else say(body, before);
    return true;
  }

  function isSendable(text: string): boolean {
    const length = countCharacters(text);
    return !chat.isBusy.peek() && length > 0 && length <= dependencies.settings().maxMessageChars;
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
    return !chat.messages.peek().some(({ role, state }) => role === 'user' && state.peek().id !== null);
  }

  function say(body: SendMessageBody, before: readonly ChatMessage[]) {
    emit('message:sent', { text: body.message, client_message_id: body.client_message_id });
    ask(body, before);
  }

  function ask(body: SendMessageBody, before: readonly ChatMessage[]) {
    const user = createChatMessage(createId(), 'user', { content: body.message, status: 'sending' });
    chat.messages.value = [...before, user];
    begin(user, body);
  }

  function begin(user: ChatMessage, body: SendMessageBody) {
    const turn = { user, answer: undefined, turnId: undefined, body };
    turns.set(user, turn);
    void deliver(turn);
  }

  /** Tries a failed message or answer again: the same send, the same stream, or the same question asked anew. */
  function retryMessage(message: ChatMessage) {
    if (chat.isBusy.peek()) return;
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
    const from = chat.messages.peek().indexOf(user);
    chat.messages.value = chat.messages.peek().filter((other, index) => index <= from || other.role === 'user');
    begin(user, body);
  }

  function findQuestion(answer: ChatMessage): ChatMessage | undefined {
    const before = chat.messages.peek().slice(0, chat.messages.peek().indexOf(answer));
    return before.findLast(({ role }) => role === 'user');
  }

  async function deliver(turn: AskedTurn) {
    updateChatMessage(turn.user, { status: 'sending', error: null });
    outbox.set(turn.body);
    chat.activity.value = 'waiting';
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
        chat.activity.value = 'waiting';
        await catchUp();
        continue;
      }
      delivering = undefined;
      if (failure) failTurn(turn, failure);
      return;
    }
  }

  async function joinTurn(turnId: string) {
    const last = chat.messages.peek().findLast(({ state }) => state.peek().id !== null);
    const answer = last?.role === 'assistant' && last.state.peek().status === 'waiting' ? last : undefined;
    const turn: Turn = { user: undefined, answer, body: undefined, turnId };
    if (answer) turns.set(answer, turn);
    chat.isRejoining.value = true;
    const failure = await follow(turn, { turnId });
    chat.isRejoining.value = false;
    if (failure) failTurn(turn, failure);
  }

  function ensureAnswer(turn: Turn): ChatMessage {
    if (!turn.answer) {
      turn.answer = createChatMessage(createId(), 'assistant', { status: 'waiting' });
      const shown = chat.messages.peek();
      // An answer that is joined belongs before what is still on its way.
      const unsent = shown.findIndex(({ state }) => state.peek().id === null);
      const at = turn.user ? shown.indexOf(turn.user) + 1 : unsent < 0 ? shown.length : unsent;
      chat.messages.value = [...shown.slice(0, at), turn.answer, ...shown.slice(at)];
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
    if (turn.user && chat.messages.peek().some(isDouble)) {
      chat.messages.value = chat.messages.peek().filter((message) => !isDouble(message));
    }
  }

  function failTurn(turn: Turn, error: ChatError) {
    if (turn.turnId && error.code === 'NOT_FOUND') {
      // Too long ago to be rejoined. What became of it is in the history.
      chat.messages.value = chat.messages.peek().filter(({ state }) => state.peek().id === null);
      void reload();
      return;
    }
    if (!isTransient(error)) outbox.set(null);
    reportError(error);
    if (turn.answer) updateChatMessage(turn.answer, { status: 'error', error });
    else if (turn.user) updateChatMessage(turn.user, { status: 'failed', error });
    else chat.notice.value = error;
  }

  /** Ends the answer under way and keeps what has come. The stream itself then says so. */
  function stop() {
    if (!chat.isBusy.peek() || chat.activity.peek() === 'stopping') return;
    if (delivering && !delivering.turnId && (!network.isOnline() || chat.connection.peek() !== 'connected')) {
      giveUp(delivering);
      return;
    }
    void stopCurrent();
  }

  /** Takes back a message that waits for the network. It keeps its id, in case the server has it after all. */
  function giveUp(turn: AskedTurn) {
    delivering = undefined;
    outbox.set(null);
    updateChatMessage(turn.user, { status: 'failed', error: new ChatError('OFFLINE') });
    chat.activity.value = 'idle';
    cancel(turn);
  }

  /**
   * Says who the visitor is, or, with null, that nobody is signed in any more: then whoever comes next finds an empty
   * widget. A conversation on the screen makes room for the one of that person.
   */
  async function identify(next: IdentifyBody | null) {
    setIdentity(next ?? undefined);
    if (!next) {
      if (!identityMark.isSet()) return;
      leave();
      identityMark.tellLeft();
      setIdentity(null);
      return reload();
    }
    if (chat.history.peek() === 'unloaded') return;
    try {
      if (!(await introduce())) return;
    } catch (error) {
      reportError(toChatError(error));
      return;
    }
    // Sent again it is the same message: the server may have it already.
    const unsent = outbox.get();
    forget();
    void reload();
    if (unsent) ask(unsent, []);
  }

  /** Nothing of whoever was here stays on the screen, whatever the server says. */
  function leave() {
    setIdentity(undefined);
    consent.withdraw();
    forget();
  }

  /** Starts a new conversation. The old one stays with the server. */
  async function reset() {
    try {
      await api.reset();
    } catch (error) {
      chat.notice.value = toChatError(error);
      return;
    }
    forget();
  }

  /** Empties the conversation, here only. */
  function forget() {
    lifetime.abort();
    lifetime = new AbortController();
    delivering = undefined;
    outbox.set(null);
    rest();
    chat.messages.value = [];
    chat.notice.value = null;
    clear();
  }

  function dismissNotice() {
    chat.notice.value = null;
  }

  /** Closes every connection. Answers under way go on at the server. */
  function disconnect() {
    lifetime.abort();
  }

  function reportError(error: ChatError) {
    emit('error', { code: error.code, detail: error.detail, request_id: error.requestId });
  }

  return {
    ...chat,
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
    rate: createRateMessage(shared),
    dismissNotice,
    disconnect,
  };
});

export type Chat = InstanceType<typeof ChatModel>;
