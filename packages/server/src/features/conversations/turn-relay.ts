import type { ToolEvent } from '@salient/shared-types';
import type { LiveTurn } from './live-turn.ts';

/** What another process's turn says, in order, from its beginning. `from` is a place in the answer. */
export interface RelayListener {
  /** `text` begins at `from`. It may be what has been heard before; what lies between may be missing. */
  text(text: string, from: number): void;
  tool(event: ToolEvent, from: number): void;
  /** The answer is stored. */
  end(): void;
}

/**
 * What processes tell each other about live turns, beside the rows they share. It makes them faster and nothing else:
 * whatever it loses is in the row within a second.
 */
export interface TurnRelay {
  /** Lets other processes read a turn of this process's own. */
  publish(turn: LiveTurn): void;
  /** Listens to a turn of another process. Returns how to stop. */
  subscribe(turnId: string, listener: RelayListener): () => void;
  /** Asks whichever process answers the turn to stop it. Never rejects. */
  requestStop(accountId: string, turnId: string): Promise<void>;
  /** What a turn has said so far; empty when nothing is known. Never rejects. */
  textOf(turnId: string): Promise<string>;
  /**
   * Deletes what turns have said, also of those that are still under way: they are told of no more. Returns how many were
   * there; null where they could not be reached, and run out by themselves. Never rejects.
   */
  forget(turnIds: readonly string[]): Promise<number | null>;
  /** Sends what is still to be sent and stops. */
  close(): Promise<void>;
}

/** For a process alone, or several that share nothing but the database. */
export const noRelay: TurnRelay = {
  publish() {},
  subscribe: () => () => {},
  async requestStop() {},
  textOf: () => Promise.resolve(''),
  forget: () => Promise.resolve(0),
  async close() {},
};
