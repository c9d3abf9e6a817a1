import { networkOf } from '../../http/client-address.ts';
import type { Limit } from '../../limits/index.ts';
import type { PeopleDependencies } from './dependencies.ts';
import {
  giveAllBack,
  takeAllOrRefuse,
  TRIES_BY_DEVICE,
  TRIES_BY_EMAIL,
  triesByNetwork,
  type Counted,
  TRIES_BY_NETWORK_AND_EMAIL,
} from './people-limits.ts';

export interface Try {
  address: string;
  email: string;
  /** The device, where this person has signed in before. */
  knownDevice: string | null;
}

/**
 * Lets `work` try a password, unless too many were wrong. On a device that the person has signed in with, only what is
 * tried there counts, so guessing elsewhere never locks them out. What was right is not counted.
 *
 * @throws {AppError} RATE_LIMIT_EXCEEDED
 */
export async function guardTries<T>(
  { limiter, settings }: PeopleDependencies,
  tried: Try,
  work: () => Promise<T>,
): Promise<T> {
  const claims = claimsOf(tried, triesByNetwork(settings));
  await takeAllOrRefuse(limiter, claims);
  const result = await work();
  await giveAllBack(limiter, claims);
  return result;
}

function claimsOf({ address, email, knownDevice }: Try, byNetwork: Limit): Counted[] {
  if (knownDevice !== null) return [[TRIES_BY_DEVICE, `${knownDevice} ${email}`]];
  const network = networkOf(address);
  return [
    [byNetwork, network],
    [TRIES_BY_NETWORK_AND_EMAIL, `${network} ${email}`],
    [TRIES_BY_EMAIL, email],
  ];
}
