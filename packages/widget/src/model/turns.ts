import { isTransient, type ChatError } from '../protocol/errors.ts';
import type { TurnApi } from '../protocol/turn-api.ts';
import type { ScheduleFlush } from './answer-writer.ts';
import type { Asked, ChatShared } from './chat-dependencies.ts';
import type { ChatHistory } from './chat-history.ts';
import { createChatMessage, updateChatMessage, type ChatMessage } from './chat-message.ts';
import { createId } from './create-id.ts';
import { createRateMessage } from './rate-message.ts';
import { createTurnFollower } from './turn-follower.ts';
import type { Turn } from './turn-reader.ts';

/** A turn that is asked for here, not joined. */
type AskedTurn = Turn & Asked;

export type Turns = ReturnType<typeof createTurns>;

/** What the turns of a conversation need beside what its parts share. */
export interface TurnsInput extends ChatShared {
  history: ChatHistory;
  turnApi: TurnApi;
  scheduleFlush: ScheduleFlush;
}

/** How many answers of other tabs a message waits for before it says so. */
const MAX_TURNS_AHEAD = 5;

/** Delivers what the visitor has said, one message at a time, and follows the answers. */
export function createTurns(input: TurnsInput) {
  const { bodies, chat, consent, history, isFirst, lifetime, network, outbox, reportError, settings, takeBack } = input;
  const turns = new WeakMap<ChatMessage, Turn>();
  /** The answer that was under way when the history was loaded. */
  let joined: Promise<void> = Promise.resolve();
  /** From the wish to send until the answer has ended. */
  let delivering: AskedTurn | undefined;
  const { follow, rest, cancel, stopCurrent } = createTurnFollower(input, ensureAnswer, claim);

  return {
    deliver,
    join: (turnId: string) => void (joined = join(turnId)),
    retry,
    stop,
    forget,
    rate: createRateMessage(input),
  };

  function deliver({ user, body }: Asked) {
    const turn = { user, answer: undefined, turnId: undefined, body };
    turns.set(user, turn);
    bodies.set(user, body);
    void deliverTurn(turn);
  }

  async function deliverTurn(turn: AskedTurn) {
    updateChatMessage(turn.user, { status: 'sending', error: null });
    outbox.set(turn.body);
    chat.activity.value = 'waiting';
    delivering = turn;
    const aborted = lifetime();
    // The first message of a page load comes after what was said before, and after the answer it may have to join.
    await history.connect();
    if (!isFirst() && !consent.isUntold) {
      // Before they had come, it looked like the first.
      const { consent: _, ...body } = turn.body;
      turn.body = body;
      bodies.set(turn.user, body);
    }
    for (let turnsAhead = 0; ; turnsAhead++) {
      await joined;
      if (aborted.aborted || delivering !== turn) return;
      const failure = await follow(turn, { ask: turn.body, streaming: settings().streaming });
      if (aborted.aborted || delivering !== turn) return;
      if (failure?.code === 'TURN_IN_PROGRESS' && turnsAhead < MAX_TURNS_AHEAD) {
        // Another tab was quicker. Its question and answer come first.
        chat.activity.value = 'waiting';
        await history.catchUp();
        continue;
      }
      delivering = undefined;
      if (failure) fail(turn, failure);
      return;
    }
  }

  async function join(turnId: string) {
    const last = chat.messages.peek().findLast(({ state }) => state.peek().id !== null);
    const answer = last?.role === 'assistant' && last.state.peek().status === 'waiting' ? last : undefined;
    const turn: Turn = { user: undefined, answer, body: undefined, turnId };
    if (answer) turns.set(answer, turn);
    chat.isRejoining.value = true;
    const failure = await follow(turn, { turnId });
    chat.isRejoining.value = false;
    if (failure) fail(turn, failure);
  }

  /** Tries a failed message or answer again: the same send, the same stream, or the same question asked anew. */
  function retry(message: ChatMessage) {
    if (chat.isBusy.peek()) return;
    const { error } = message.state.peek();
    const turn = turns.get(message);
    if (turn?.turnId && error && isTransient(error)) {
      // The line was lost, not the answer.
      void follow(turn, { turnId: turn.turnId }).then((failure) => failure && fail(turn, failure));
      return;
    }
    const user = message.role === 'user' ? message : findQuestion(message);
    const userState = user?.state.peek();
    if (!user || !userState) return;
    const known = bodies.get(user) ?? { message: userState.content };
    // A message the server has stored is replaced; one it never took is sent again under the same id.
    const body = userState.id ? { ...known, replaces: userState.id, client_message_id: createId() } : known;
    const from = chat.messages.peek().indexOf(user);
    chat.messages.value = chat.messages.peek().filter((other, index) => index <= from || other.role === 'user');
    deliver({ user, body });
  }

  function findQuestion(answer: ChatMessage): ChatMessage | undefined {
    const before = chat.messages.peek().slice(0, chat.messages.peek().indexOf(answer));
    return before.findLast(({ role }) => role === 'user');
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
    if (turn.body?.consent) consent.isUntold = false;
    const isDouble = (message: ChatMessage) =>
      message !== turn.user && message !== turn.answer && ids.includes(message.state.peek().id);
    if (turn.user && chat.messages.peek().some(isDouble)) {
      chat.messages.value = chat.messages.peek().filter((message) => !isDouble(message));
    }
  }

  function fail(turn: Turn, error: ChatError) {
    if (turn.turnId && error.code === 'NOT_FOUND') {
      // Too long ago to be rejoined. What became of it is in the history.
      chat.messages.value = chat.messages.peek().filter(({ state }) => state.peek().id === null);
      void history.reload();
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
    if (chat.activity.peek() === 'stopping') return;
    if (delivering && !delivering.turnId && (!network.isOnline() || chat.connection.peek() !== 'connected')) {
      const turn = delivering;
      delivering = undefined;
      takeBack(turn.user);
      cancel(turn);
      return;
    }
    void stopCurrent();
  }

  /** What was under way belongs to a conversation that is here no more. */
  function forget() {
    delivering = undefined;
    rest();
  }
}
