import { AppError } from '../../errors.ts';

// Each in one place: unknown, inactive and somebody else's must be told apart by nobody.

export function accountNotFound(): AppError {
  return new AppError('ACCOUNT_NOT_FOUND', 'There is no such account. Check the account name in the address.');
}

export function agentNotFound(): AppError {
  return new AppError('AGENT_NOT_FOUND', 'There is no such agent. Check the agent name in the address.');
}

/** @param cause for the log; the visitor does not see it */
export function agentMisconfigured(cause: unknown): AppError {
  return new AppError('AGENT_MISCONFIGURED', 'This agent is not set up correctly. Its owner has been told why.', {
    cause,
  });
}
