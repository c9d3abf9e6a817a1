import type { Request, RequestHandler } from 'express';
import type { AppSettings } from '../../config.ts';
import { createAuthRoutes } from './auth-routes.ts';
import { createCredentials } from './credential.ts';
import type { PeopleDependencies } from './dependencies.ts';
import { createEnterAccount, createRequireLogin, type EnterAccount } from './enter-account.ts';
import { createLoginCookies } from './login-cookies.ts';
import { createMemberRoutes } from './member-routes.ts';
import { createOwnRoutes } from './own-routes.ts';
import { createPasswords } from './password.ts';

export interface PeopleOptions extends Omit<PeopleDependencies, 'credentials' | 'passwords'> {
  secret: string;
  secureCookies: boolean;
  tiers: AppSettings['tiers'];
}

export interface People {
  auth: ReturnType<typeof createAuthRoutes>;
  own: ReturnType<typeof createOwnRoutes>;
  members: ReturnType<typeof createMemberRoutes>;
  requireLogin: RequestHandler;
  enterAccount: EnterAccount;
  /** Whether a request comes with a login, good or not. */
  showsLogin: (req: Request) => boolean;
}

export function createPeople({ secret, secureCookies, tiers, ...rest }: PeopleOptions): People {
  const credentials = createCredentials(secret);
  const people: PeopleDependencies = { ...rest, credentials, passwords: createPasswords() };
  const maxDays = rest.settings.session_max_days;
  const cookies = createLoginCookies(credentials, { secret, secure: secureCookies, maxDays });
  return {
    auth: createAuthRoutes(people, cookies),
    own: createOwnRoutes(people, cookies),
    members: createMemberRoutes(people, cookies, tiers),
    requireLogin: createRequireLogin(people, cookies),
    enterAccount: createEnterAccount(people, cookies),
    showsLogin: (req) => cookies.presentedHash(req) !== null,
  };
}
