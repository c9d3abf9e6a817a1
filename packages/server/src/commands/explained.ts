import { AppError } from '../errors.ts';
import { CommandError } from './command-error.ts';

/** Gives what the product refuses as something the operator can mend. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}
