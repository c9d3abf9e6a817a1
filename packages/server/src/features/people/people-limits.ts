import { AppError } from '../../errors.ts';
import type { Limit, Limiter } from '../../limits/index.ts';

/** Passwords and links tried from one network. What was right is given back. */
export const TRIES_BY_NETWORK: Limit = { name: 'sign-in by network', burst: 50, perSeconds: 900 };
/** The same for one address of a person. */
export const TRIES_BY_NETWORK_AND_EMAIL: Limit = { name: 'sign-in by network and person', burst: 10, perSeconds: 900 };
/** From everywhere: only for devices that the person has never signed in with. */
export const TRIES_BY_EMAIL: Limit = { name: 'sign-in by person', burst: 50, perSeconds: 3600 };
/** On a device that the person has signed in with: nobody else's tries count there. */
export const TRIES_BY_DEVICE: Limit = { name: 'sign-in by device', burst: 10, perSeconds: 900 };
export const MAILS_BY_NETWORK: Limit = { name: 'mails by network', burst: 20, perSeconds: 3600 };
/** Nobody's letter box is filled by us. */
export const MAILS_BY_EMAIL: Limit = { name: 'mails by person', burst: 5, perSeconds: 3600 };
export const ACCOUNTS_BY_PERSON: Limit = { name: 'new accounts by person', burst: 5, perSeconds: 86_400 };
export const INVITES_BY_ACCOUNT: Limit = { name: 'invites by account', burst: 50, perSeconds: 86_400 };

/** @throws {AppError} RATE_LIMIT_EXCEEDED, when it has taken nothing */
export async function takeAllOrRefuse(limiter: Limiter, claims: readonly [Limit, key: string][]): Promise<void> {
  const decisions = await limiter.takeAll(claims.map(([limit, key]) => ({ limit, key, cost: 1 })));
  const refusing = decisions.filter(({ allowed }) => !allowed);
  if (refusing.length === 0) return;
  const seconds = Math.max(...refusing.map(({ retryAfterSeconds }) => retryAfterSeconds));
  throw new AppError('RATE_LIMIT_EXCEEDED', `Too many tries. Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

export async function giveAllBack(limiter: Limiter, claims: readonly [Limit, key: string][]): Promise<void> {
  await limiter.correct(claims.map(([limit, key]) => ({ limit, key, by: -1 })));
}
