import type { z } from 'zod';
import { AppError } from '../errors.ts';

/**
 * Reads untrusted input.
 *
 * @param where `body`, `query` or `path`, for problems with the whole of it
 * @throws {AppError} VALIDATION_ERROR naming the first field that is wrong
 */
export function validate<T>(schema: z.ZodType<T>, input: unknown, where: 'body' | 'query' | 'path' | 'header'): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || where;
  throw new AppError(
    'VALIDATION_ERROR',
    `${field}: ${describe(issue?.message ?? 'is not valid', input, issue?.path)}.`,
  );
}

function describe(message: string, input: unknown, path: readonly PropertyKey[] = []): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return value === undefined && path.length > 0 ? 'is required' : message.replace(/\.$/, '');
}
