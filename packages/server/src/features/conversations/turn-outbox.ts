import type { LiveTurn } from './live-turn.ts';

/** Fields of one entry of a turn's stream. */
export type OutboxEntry = Record<string, string>;

/** What a live turn has said and other processes have not been sent yet. */
export interface TurnOutbox {
  /** Whether the turn has ended. */
  readonly hasEnded: boolean;
  /** Hands out everything that waits. */
  take(): OutboxEntry[];
  /** Some of what was taken may have been lost: the whole text waits again. Readers drop what they have, by position. */
  rewind(): void;
}

/** Collects a turn's text, joined as far as nothing else comes between. */
export function createTurnOutbox(turn: LiveTurn): TurnOutbox {
  let entries: OutboxEntry[] = [];
  /** Up to where the answer is in an entry, taken or not. */
  let collected = 0;
  let hasEnded = false;
  turn.observe({
    text(text, offset) {
      // After a rewind some of it has been collected before.
      const fresh = text.slice(Math.max(0, text.length - (offset - collected)));
      if (offset <= collected) return;
      const last = entries.at(-1);
      if (last?.['text'] === undefined) entries.push({ from: String(collected), text: fresh });
      else last['text'] += fresh;
      collected = offset;
    },
    tool: (event) => entries.push({ from: String(collected), tool: JSON.stringify(event) }),
    end() {
      hasEnded = true;
      entries.push({ end: '1' });
    },
  });

  return {
    get hasEnded() {
      return hasEnded;
    },
    take() {
      const taken = entries;
      entries = [];
      return taken;
    },
    rewind() {
      collected = turn.text.length;
      entries = collected === 0 ? [] : [{ from: '0', text: turn.text }];
      if (hasEnded) entries.push({ end: '1' });
    },
  };
}
