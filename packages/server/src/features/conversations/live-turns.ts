import type { LiveTurn } from './live-turn.ts';

/** The turns this process is answering, by turn id. */
export interface LiveTurns {
  find(accountId: string, turnId: string): LiveTurn | undefined;
  add(turn: LiveTurn): void;
  /** Counts one that is being stored and will be added then. Returns how to stop counting it. */
  expect(): () => void;
  remove(turn: LiveTurn): void;
  all(): LiveTurn[];
  /** With those that are expected. */
  count(): number;
  /** Resolves when none is left. */
  settled(): Promise<void>;
}

export function createLiveTurns(): LiveTurns {
  const turns = new Map<string, LiveTurn>();
  let expected = 0;
  return {
    find(accountId, turnId) {
      const turn = turns.get(turnId);
      return turn?.accountId === accountId ? turn : undefined;
    },
    add(turn) {
      turns.set(turn.ids.turn_id, turn);
    },
    expect() {
      expected += 1;
      return () => {
        expected -= 1;
      };
    },
    remove(turn) {
      turns.delete(turn.ids.turn_id);
    },
    all: () => [...turns.values()],
    count: () => turns.size + expected,
    async settled() {
      while (turns.size > 0) await Promise.all([...turns.values()].map((turn) => turn.ended));
    },
  };
}
