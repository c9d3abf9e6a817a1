import type { LiveTurn } from './live-turn.ts';

/** The turns this process is answering, by turn id. */
export interface LiveTurns {
  find(accountId: string, turnId: string): LiveTurn | undefined;
  add(turn: LiveTurn): void;
  remove(turn: LiveTurn): void;
  all(): LiveTurn[];
  count(): number;
  /** Resolves when none is left. */
  settled(): Promise<void>;
}

export function createLiveTurns(): LiveTurns {
  const turns = new Map<string, LiveTurn>();
  return {
    find(accountId, turnId) {
      const turn = turns.get(turnId);
      return turn?.accountId === accountId ? turn : undefined;
    },
    add(turn) {
      turns.set(turn.ids.turn_id, turn);
    },
    remove(turn) {
      turns.delete(turn.ids.turn_id);
    },
    all: () => [...turns.values()],
    count: () => turns.size,
    async settled() {
      while (turns.size > 0) await Promise.all([...turns.values()].map((turn) => turn.ended));
    },
  };
}
