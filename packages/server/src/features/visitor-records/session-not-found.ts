import { AppError } from '../../errors.ts';

export function sessionNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such session.');
}
