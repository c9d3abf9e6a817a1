import type { DoneEvent, ErrorCode, ToolEvent, TurnEvent } from '@salient/shared-types';

/** A turn that ended badly, as its readers are told. */
export interface TurnFault {
  code: ErrorCode;
  detail: string;
  retryable: boolean;
}

/** How a turn ended. */
export interface TurnEnd {
  done: DoneEvent;
  fault: TurnFault | null;
}

/** Somebody reading a turn. Called in order, synchronously. */
export interface TurnReader {
  /** `offset` is the length of the answer once `text` is added. */
  text(text: string, offset: number): void;
  tool(event: ToolEvent): void;
  end(end: TurnEnd): void;
}

/**
 * An answer under way: this process's own, or a copy of one that another process generates. It belongs to the server:
 * readers come and go, and it ends when the model does, when it is stopped, or when a limit runs out.
 */
export class LiveTurn {
  readonly ids: TurnEvent;
  readonly accountId: string;
  /** Aborting it closes the provider's socket. The reason says who wanted it. */
  readonly abort = new AbortController();
  /** Settles when the turn is stored and its readers have been told. Never rejects. */
  readonly ended: Promise<TurnEnd>;
  /** Of the prompt as it was sent, counted; null until it is. */
  promptTokens: number | null = null;
  #text = '';
  /** The part of it that the readers do not have. Kept apart: cutting it from the whole would copy the whole each time. */
  #unflushed = '';
  #flushSoon: NodeJS.Immediate | undefined;
  #end: TurnEnd | null = null;
  readonly #readers = new Set<TurnReader>();
  #observerCount = 0;
  readonly #resolveEnded: (end: TurnEnd) => void;

  constructor(ids: TurnEvent, accountId: string) {
    this.ids = ids;
    this.accountId = accountId;
    const { promise, resolve } = promiseWithResolvers<TurnEnd>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  get text(): string {
    return this.#text;
  }

  get readerCount(): number {
    return this.#readers.size - this.#observerCount;
  }

  /** Readers get what came in one turn of the event loop as one piece: providers send many small ones at once. */
  append(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#unflushed += text;
    this.#flushSoon ??= setImmediate(() => this.#flush());
  }

  tool(event: ToolEvent): void {
    this.#flush();
    for (const reader of this.#readers) reader.tool(event);
  }

  finish(end: TurnEnd): void {
    this.#flush();
    this.#end = end;
    for (const reader of this.#readers) reader.end(end);
    this.#readers.clear();
    this.#observerCount = 0;
    this.#resolveEnded(end);
  }

  /** Sends what lies after `offset`, then everything as it comes. Returns how to leave. */
  follow(offset: number, reader: TurnReader): () => void {
    this.#flush();
    if (offset < this.#text.length) reader.text(this.#text.slice(offset), this.#text.length);
    if (this.#end) {
      reader.end(this.#end);
      return () => {};
    }
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Follows from the beginning to the end without being somebody who reads. */
  observe(observer: TurnReader): void {
    this.#observerCount += 1;
    this.follow(0, observer);
  }

  #flush(): void {
    clearImmediate(this.#flushSoon);
    this.#flushSoon = undefined;
    const text = this.#unflushed;
    if (text === '') return;
    this.#unflushed = '';
    for (const reader of this.#readers) reader.text(text, this.#text.length);
  }
}

/** `Promise.withResolvers` comes with Node 22. */
function promiseWithResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
