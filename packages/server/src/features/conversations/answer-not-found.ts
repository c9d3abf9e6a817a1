import { AppError } from '../../errors.ts';

/** The same for an answer that does not exist and one of somebody else. */
export function answerNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such answer in this conversation.');
}
