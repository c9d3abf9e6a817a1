import { createModel, effect, untracked } from '@preact/signals';
import type { IdentifyBody, SendMessageBody } from '@salient/shared-types';
import { ChatError, toChatError } from '../protocol/errors.ts';
import type { Asked, ChatDependencies, ChatShared } from './chat-dependencies.ts';
import { createChatHistory } from './chat-history.ts';
import { createChatState } from './chat-state.ts';
import { createChatMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';
import { countCharacters } from './count-characters.ts';
import { createId } from './create-id.ts';
import { createIntroduction } from './introduction.ts';
import type { Turns } from './turns.ts';

/**
 * One conversation: its messages, and everything a visitor can do to them. What delivers messages and follows answers
 * comes later (`turns`); what is said before waits for it.
 */
export const ChatModel = createModel((dependencies: ChatDependencies) => {
  const { api, emit, outbox, consent, identityMark, turns: later } = dependencies;
  const chat = createChatState();

  let lifetime = new AbortController();
  let turns: Turns | undefined;
  /** These wait for `turns`. */
  let toJoin: string | undefined;
  let toDeliver: Asked | undefined;
  const shared: ChatShared = {
    ...dependencies,
    chat,
    lifetime: () => lifetime.signal,
    bodies: new WeakMap(),
    isFirst,
    takeBack,
    reportError,
  };
  const { setIdentity, introduce } = createIntroduction(shared);
  const history = createChatHistory(shared, { introduce, joinTurn });
  const stopWaiting = effect(() => {
    const createTurns = later.piece.value;
    if (!createTurns) return;
    untracked(() => {
      turns ??= createTurns({ ...shared, history });
      if (toJoin) turns.join(toJoin);
      if (toDeliver) turns.deliver(toDeliver);
      toJoin = toDeliver = undefined;
    });
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
    consent.isUntold = body.consent !== undefined;
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
    const agreed = isFirst() || consent.isUntold ? consent.given() : undefined;
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
    if (turns) turns.deliver({ user, body });
    else {
      outbox.set(body);
      shared.bodies.set(user, body);
      waitForTurns();
      toDeliver = { user, body };
    }
  }

  function joinTurn(turnId: string) {
    if (turns) turns.join(turnId);
    else {
      waitForTurns();
      toJoin = turnId;
    }
  }

  function waitForTurns() {
    chat.activity.value = 'waiting';
    later.load();
  }

  /** Ends the answer under way and keeps what has come. */
  function stop() {
    if (!chat.isBusy.peek()) return;
    if (turns) turns.stop();
    else if (toDeliver) takeBack(toDeliver.user);
    else rest();
  }

  function takeBack(user: ChatMessage) {
    outbox.set(null);
    updateChatMessage(user, { status: 'failed', error: new ChatError('OFFLINE') });
    rest();
  }

  /** Nothing is under way, and nothing waits. */
  function rest() {
    toJoin = toDeliver = undefined;
    chat.activity.value = 'idle';
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
      return history.reload();
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
    void history.reload();
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
    outbox.set(null);
    turns?.forget();
    rest();
    chat.messages.value = [];
    chat.notice.value = null;
    history.clear();
  }

  /** Looks for what was missed. Called whenever the visitor or the network comes back. */
  function refresh(): Promise<void> {
    if (toJoin || toDeliver) later.load();
    return history.refresh();
  }

  function dismissNotice() {
    chat.notice.value = null;
  }

  /** Closes every connection. Answers under way go on at the server. */
  function disconnect() {
    stopWaiting();
    lifetime.abort();
  }

  function reportError(error: ChatError) {
    emit('error', { code: error.code, detail: error.detail, request_id: error.requestId });
  }

  return {
    ...chat,
    connect: history.connect,
    loadEarlier: history.loadEarlier,
    refresh,
    send,
    agree,
    disagree,
    sendUnsent,
    askAgain,
    /** Tries a failed message or answer again. */
    retry: (message: ChatMessage) => turns?.retry(message),
    /** Says what the visitor thinks of an answer. False, and a notice, when the server has not kept it. */
    rate: async (...rating: Parameters<Turns['rate']>) => (await turns?.rate(...rating)) ?? false,
    stop,
    reset,
    identify,
    leave,
    dismissNotice,
    disconnect,
  };
});

export type Chat = InstanceType<typeof ChatModel>;
