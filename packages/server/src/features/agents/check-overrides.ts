import { AppError } from '../../errors.ts';
import { describeIssue } from '../../yaml-file.ts';
import { isOperatorKey, rowLayerSchema, type AgentLayer } from './agent-config.ts';

/** Everything that is wrong with a row's overrides by themselves, one `key: what is wrong` each. */
export function findOverrideProblems(overrides: unknown): string[] {
  const result = rowLayerSchema.safeParse(overrides);
  if (result.success) return [];
  return result.error.issues.flatMap(describeIssue).map(({ keyPath, message }) => {
    const key = keyPath.join('.');
    return isOperatorKey(key)
      ? `${key}: only whoever runs the server may set it`
      : `${key || 'configuration'}: ${message}`;
  });
}

/**
 * Reads what somebody wants an agent to override, by the schema that files and rows go through. What they have written is
 * kept, not what the schema makes of it.
 *
 * @throws {AppError} VALIDATION_ERROR naming every key that is wrong
 */
export function checkOverrides(overrides: unknown): asserts overrides is AgentLayer {
  const problems = findOverrideProblems(overrides);
  if (problems.length > 0) {
    throw new AppError('VALIDATION_ERROR', `${problems.map((problem) => problem.replace(/\.$/, '')).join('; ')}.`);
  }
}
