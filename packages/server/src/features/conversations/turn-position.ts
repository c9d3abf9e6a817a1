import { AppError } from '../../errors.ts';

/**
 * A place in a turn's stream, as the SSE `id`. Opaque to clients; inside it is the turn and how many UTF-16 units of its
 * answer have been sent, so that any process can go on from the stored text. `done` marks the end of the stream.
 */
export interface TurnPosition {
  turnId: string;
  offset: number | 'done';
}

export function formatPosition(turnId: string, offset: number | 'done'): string {
  return `${turnId}:${offset}`;
}

const POSITION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(done|0|[1-9]\d{0,8})$/;

/** @throws {AppError} VALIDATION_ERROR */
export function parsePosition(text: string): TurnPosition {
  const [, turnId, offset] = POSITION.exec(text) ?? [];
  if (turnId === undefined || offset === undefined) throw invalidPosition();
  return { turnId, offset: offset === 'done' ? 'done' : Number(offset) };
}

export function invalidPosition(): AppError {
  return new AppError('VALIDATION_ERROR', 'Last-Event-ID: must be an id received earlier from this stream.');
}
