import { AppError } from '../../errors.ts';

// Each in one place: what differs inside must not differ outside.

export function notSignedIn(): AppError {
  return new AppError('UNAUTHENTICATED', 'Sign in first.');
}

/** For a wrong password, an unknown address, and one that was never confirmed. */
export function loginRefused(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The e-mail address or the password is wrong, or the address has not been confirmed yet.',
  );
}

export function tooLittleRole(): AppError {
  return new AppError('FORBIDDEN', 'Your role in this account does not allow that. Ask one of its owners.');
}

/** For a link that was used, replaced, has expired, or never was one. */
export function linkRefused(): AppError {
  return new AppError('NOT_FOUND', 'This link is not good any more. Ask for a new one.');
}

export function memberNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such person in this account.');
}
