import type { ConversationOwner, Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { LiveTurn } from './live-turn.ts';
import { findStoredTurn, lostTurnEnd, type StoredTurn } from './stored-turn.ts';
import type { TurnRelay } from './turn-relay.ts';

/** How often the row is read of a turn that another process answers. */
const POLL_INTERVAL_MS = 500;
/** While the relay brings its text. The row still says when it has ended, also by the death of its process. */
const RELAYED_POLL_INTERVAL_MS = 2_000;

/** Copies of turns that other processes answer, one a turn however many read it here. */
export interface MirroredTurns {
  /** The copy grows until the turn has ended, or nobody has followed it for two looks at the row. */
  open(owner: ConversationOwner, stored: StoredTurn): LiveTurn;
}

export interface MirroredTurnsDependencies {
  database: Database;
  relay: TurnRelay;
  log: Logger;
}

export function createMirroredTurns(dependencies: MirroredTurnsDependencies): MirroredTurns {
  const turns = new Map<string, LiveTurn>();
  return {
    open(owner, stored) {
      const { turn_id: turnId } = stored.ids;
      const open = turns.get(turnId);
      if (open) return open;
      const turn = new LiveTurn(stored.ids, owner.accountId);
      turns.set(turnId, turn);
      turn.append(stored.text);
      mirror(dependencies, owner, turn, () => turns.delete(turnId));
      return turn;
    },
  };
}

/**
 * Fills `turn` from the relay and from the row. First it listens, then it reads what is stored; what comes from both is
 * dropped by its position, and what the relay lost is taken from the row.
 */
function mirror(
  { database, relay, log }: MirroredTurnsDependencies,
  owner: ConversationOwner,
  turn: LiveTurn,
  onClose: () => void,
): void {
  const { turn_id: turnId } = turn.ids;
  const startLength = turn.text.length;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isFailing = false;
  let looksWithoutReader = 0;

  const unsubscribe = relay.subscribe(turnId, {
    text(text, from) {
      if (from > turn.text.length) return;
      turn.append(text.slice(turn.text.length - from));
      pollAfter(RELAYED_POLL_INTERVAL_MS);
    },
    // What was done before the reader came is past.
    tool(event, from) {
      if (from >= startLength) turn.tool(event);
    },
    end: () => pollAfter(0),
  });
  pollAfter(0);

  function pollAfter(ms: number): void {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void poll(), ms);
  }

  async function poll(): Promise<void> {
    looksWithoutReader = turn.readerCount === 0 ? looksWithoutReader + 1 : 0;
    if (looksWithoutReader > 1) {
      close();
      return;
    }
    try {
      const stored = await findStoredTurn(database, owner, turnId);
      if (isClosed) return;
      isFailing = false;
      turn.append(stored?.text.slice(turn.text.length) ?? '');
      // Without a row the conversation has been erased meanwhile.
      const end = stored ? stored.end : lostTurnEnd(turn.ids.message_id);
      if (end) {
        close();
        turn.finish(end);
      }
    } catch (error) {
      if (!isFailing) log.warn({ err: error, turn_id: turnId }, 'turn could not be polled');
      isFailing = true;
    }
    pollAfter(POLL_INTERVAL_MS);
  }

  function close(): void {
    isClosed = true;
    clearTimeout(timer);
    unsubscribe();
    onClose();
  }
}
