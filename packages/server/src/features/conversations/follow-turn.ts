import type { TurnEvent } from '@salient/shared-types';
import type { ConversationOwner } from '../../db/index.ts';
import { answerNotFound } from './answer-not-found.ts';
import { STOPPED } from './ask-model.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { LiveTurn, type TurnEnd, type TurnReader } from './live-turn.ts';
import { findStoredTurn, type StoredTurn } from './stored-turn.ts';
import { invalidPosition } from './turn-position.ts';

/** How long a copy of another process's answer may take to reach the place that its reader comes from. */
const CATCH_UP_MS = 3_000;

/** A turn that can be read from any place, live or after its end. */
export interface OpenTurn {
  ids: TurnEvent;
  /** What there is of the answer. */
  readonly text: string;
  /** Sends what lies after `offset`, then the rest as it comes, then the end. Returns how to leave. */
  follow(offset: number, reader: TurnReader): () => void;
}

/**
 * Opens a turn of the visitor's own for reading: the one this process is answering, the stored one, or a copy of the one
 * that another process is answering. To be followed at once, or it may be closed again.
 *
 * @param offset where the reader was; checked against the answer
 * @throws {AppError} NOT_FOUND; VALIDATION_ERROR for an offset that the answer does not have
 */
export async function openTurn(
  dependencies: ConversationDependencies,
  owner: ConversationOwner,
  turnId: string,
  offset: number,
): Promise<OpenTurn> {
  const stored = await findStoredTurn(dependencies.database, owner, turnId);
  if (!stored) throw answerNotFound();

  const live = dependencies.liveTurns.find(owner.accountId, turnId);
  if (live) {
    checkOffset(offset, live.text);
    return followLive(dependencies, live);
  }
  // It may have ended between the two looks; then the row knows more than it did.
  const current = stored.end ? stored : ((await findStoredTurn(dependencies.database, owner, turnId)) ?? stored);
  if (current.end) return openEnded(current, current.end, owner.accountId, offset);

  const copy = dependencies.mirroredTurns.open(owner, current);
  if (offset > copy.text.length) await reach(copy, offset);
  checkOffset(offset, copy.text);
  return copy;
}

/** Waits for a turn's end, wherever it is answered. */
export function endOf(turn: OpenTurn): Promise<TurnEnd> {
  return new Promise((resolve) => {
    turn.follow(turn.text.length, { text() {}, tool() {}, end: resolve });
  });
}

/** Opens a turn that was sent just now, as a rule without a look at what is stored. */
export async function followSent(
  dependencies: ConversationDependencies,
  owner: ConversationOwner,
  turnId: string,
): Promise<OpenTurn> {
  const live = dependencies.liveTurns.find(owner.accountId, turnId);
  return live ? followLive(dependencies, live) : openTurn(dependencies, owner, turnId, 0);
}

function followLive({ onDisconnect }: ConversationDependencies, turn: LiveTurn): OpenTurn {
  return {
    ids: turn.ids,
    get text() {
      return turn.text;
    },
    follow(offset, reader) {
      const leave = turn.follow(offset, reader);
      return () => {
        leave();
        if (onDisconnect === 'abort' && turn.readerCount === 0) turn.abort.abort(STOPPED);
      };
    },
  };
}

function openEnded({ ids, text }: StoredTurn, end: TurnEnd, accountId: string, offset: number): OpenTurn {
  // Of an answer whose process died, a reader may have seen the last moment that was not stored any more.
  if (end.fault?.code !== 'INTERNAL_ERROR') checkOffset(offset, text);
  const turn = new LiveTurn(ids, accountId);
  turn.append(text);
  turn.finish(end);
  return turn;
}

/** Resolves when the answer has come so far, when it has ended, or when it has had its time. */
function reach(turn: OpenTurn, offset: number): Promise<void> {
  return new Promise((resolve) => {
    let leave = (): void => {};
    const finish = (): void => {
      clearTimeout(timer);
      leave();
      resolve();
    };
    const timer = setTimeout(finish, CATCH_UP_MS);
    leave = turn.follow(turn.text.length, {
      text: (_text, position) => {
        if (position >= offset) finish();
      },
      tool() {},
      end: finish,
    });
  });
}

/** An offset past the end or inside a character was never sent by us. */
function checkOffset(offset: number, text: string): void {
  const code = text.charCodeAt(offset);
  if (offset > text.length || (code >= 0xdc00 && code <= 0xdfff)) throw invalidPosition();
}
