import type { AppSettings } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { networkOf } from '../../http/client-address.ts';
import type { Limit, Limiter } from '../../limits/index.ts';
import type { PeopleDependencies, Whereabouts } from './dependencies.ts';

/** Passwords and links tried from one network. What was right is given back. */
export function triesByNetwork({ tries_per_network: burst }: AppSettings['people']): Limit {
  return { name: 'sign-in by network', burst, perSeconds: 900 };
}

function mailsByNetwork({ mails_per_network: burst }: AppSettings['people']): Limit {
  return { name: 'mails by network', burst, perSeconds: 3600 };
}

/** Passwords of one person tried from one network. */
export const TRIES_BY_NETWORK_AND_EMAIL: Limit = { name: 'sign-in by network and person', burst: 10, perSeconds: 900 };
/** From everywhere: only for devices that the person has never signed in with. */
export const TRIES_BY_EMAIL: Limit = { name: 'sign-in by person', burst: 50, perSeconds: 3600 };
/** On a device that the person has signed in with: nobody else's tries count there. */
export const TRIES_BY_DEVICE: Limit = { name: 'sign-in by device', burst: 10, perSeconds: 900 };
/** Nobody's letter box is filled by us. */
const MAILS_BY_EMAIL: Limit = { name: 'mails by person', burst: 5, perSeconds: 3600 };
export const ACCOUNTS_BY_PERSON: Limit = { name: 'new accounts by person', burst: 5, perSeconds: 86_400 };
export const INVITES_BY_ACCOUNT: Limit = { name: 'invites by account', burst: 50, perSeconds: 86_400 };

/** A limit, and who is counted. */
export type Counted = readonly [limit: Limit, key: string];

/**
 * For what makes us write to somebody.
 *
 * @throws {AppError} RATE_LIMIT_EXCEEDED
 */
export async function takeMail(people: PeopleDependencies, email: string, { address }: Whereabouts): Promise<void> {
  await takeAllOrRefuse(people.limiter, [
    [mailsByNetwork(people.settings), networkOf(address ?? '')],
    [MAILS_BY_EMAIL, email],
  ]);
}

/** @throws {AppError} RATE_LIMIT_EXCEEDED, when it has taken nothing */
export async function takeAllOrRefuse(limiter: Limiter, claims: readonly Counted[]): Promise<void> {
  const decisions = await limiter.takeAll(claims.map(([limit, key]) => ({ limit, key, cost: 1 })));
  const refusing = decisions.filter(({ allowed }) => !allowed);
  if (refusing.length === 0) return;
  const seconds = Math.max(...refusing.map(({ retryAfterSeconds }) => retryAfterSeconds));
  throw new AppError('RATE_LIMIT_EXCEEDED', `Too many tries. Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}

export async function giveAllBack(limiter: Limiter, claims: readonly Counted[]): Promise<void> {
  await limiter.correct(claims.map(([limit, key]) => ({ limit, key, by: -1 })));
}
