import type { LiveTurn } from './live-turn.ts';

/** The turns this process is answering, by turn id. */
export interface LiveTurns {
  find(accountId: string, turnId: string): LiveTurn | undefined;
  add(turn: LiveTurn): void;
  /** Counts one that is being stored. To be released once it is added, or will not be. */
  expect(): { release(): void };
  remove(turn: LiveTurn): void;
  all(): LiveTurn[];
  /** With those that are expected. */
  count(): number;
  /** Resolves when none is left, nor expected. */
  settled(): Promise<void>;
}

export function createLiveTurns(): LiveTurns {
  const turns = new Map<string, LiveTurn>();
  const expected = new Set<Promise<void>>();
  return {
    find(accountId, turnId) {
      const turn = turns.get(turnId);
      return turn?.accountId === accountId ? turn : undefined;
    },
    add(turn) {
      turns.set(turn.ids.turn_id, turn);
    },
    expect() {
      let resolveReleased = (): void => {};
      const released = new Promise<void>((resolve) => {
        resolveReleased = resolve;
      });
      expected.add(released);
      return {
        release() {
          expected.delete(released);
          resolveReleased();
        },
      };
    },
    remove(turn) {
      turns.delete(turn.ids.turn_id);
    },
    all: () => [...turns.values()],
    count: () => turns.size + expected.size,
    async settled() {
      while (turns.size + expected.size > 0) {
        await Promise.all([...expected, ...[...turns.values()].map((turn) => turn.ended)]);
      }
    },
  };
}
