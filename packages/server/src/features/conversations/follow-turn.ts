import type { TurnEvent } from '@salient/shared-types';
import type { ConversationOwner } from '../../db/index.ts';
import { answerNotFound } from './answer-not-found.ts';
import type { ConversationDependencies } from './dependencies.ts';
import type { LiveTurn, TurnEnd, TurnReader } from './live-turn.ts';
import { findStoredTurn, type StoredTurn } from './stored-turn.ts';
import { invalidPosition } from './turn-position.ts';

/** How often a turn that another process answers is read from its row. */
const POLL_INTERVAL_MS = 500;

/** A turn that can be read from any place, live or after its end. */
export interface OpenTurn {
  ids: TurnEvent;
  /** Sends what lies after `offset`, then the rest as it comes, then the end. Returns how to leave. */
  follow(offset: number, reader: TurnReader): () => void;
}

/**
 * Opens a turn of the visitor's own for reading: the one this process is answering, the stored one, or the row that
 * another process is filling.
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
  // Another process's answer may be a second ahead of its row, so there an offset cannot be too large yet.
  if (live || stored.end) checkOffset(offset, live?.text ?? stored.text);
  if (live) return followLive(dependencies, live);
  // It may have ended between the two looks; then the row knows more than it did.
  const current = stored.end ? stored : await findStoredTurn(dependencies.database, owner, turnId);
  return followStored(dependencies, owner, current ?? stored);
}

/** Waits for a turn's end, wherever it is answered. */
export function endOf(turn: OpenTurn): Promise<TurnEnd> {
  return new Promise((resolve) => {
    turn.follow(0, { text() {}, tool() {}, end: resolve });
  });
}

export function followLive({ onDisconnect }: ConversationDependencies, turn: LiveTurn): OpenTurn {
  return {
    ids: turn.ids,
    follow(offset, reader) {
      const leave = turn.follow(offset, reader);
      return () => {
        leave();
        if (onDisconnect === 'abort' && turn.readerCount === 0) turn.abort.abort('disconnected');
      };
    },
  };
}

function followStored(dependencies: ConversationDependencies, owner: ConversationOwner, first: StoredTurn): OpenTurn {
  return {
    ids: first.ids,
    follow(offset, reader) {
      let sent = offset;
      let left = false;
      let timer: NodeJS.Timeout | undefined;
      show(first);
      return () => {
        left = true;
        clearTimeout(timer);
      };

      function show(turn: StoredTurn): void {
        if (turn.text.length > sent) {
          reader.text(turn.text.slice(sent), turn.text.length);
          sent = turn.text.length;
        }
        if (turn.end) reader.end(turn.end);
        else timer = setTimeout(() => void poll(), POLL_INTERVAL_MS);
      }

      async function poll(): Promise<void> {
        try {
          const turn = await findStoredTurn(dependencies.database, owner, first.ids.turn_id);
          if (!left && turn) show(turn);
        } catch (error) {
          dependencies.log.warn({ err: error, turn_id: first.ids.turn_id }, 'turn could not be polled');
          if (!left) timer = setTimeout(() => void poll(), POLL_INTERVAL_MS);
        }
      }
    },
  };
}

/** An offset past the end or inside a character was never sent by us. */
function checkOffset(offset: number, text: string): void {
  const code = text.charCodeAt(offset);
  if (offset > text.length || (code >= 0xdc00 && code <= 0xdfff)) throw invalidPosition();
}
