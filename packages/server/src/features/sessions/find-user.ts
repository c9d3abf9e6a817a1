import type { Request, Response } from 'express';
import { actorOf } from '../../access/actor.ts';
import { AppError } from '../../errors.ts';
import type { People } from '../people/index.ts';

/** The person of the console who asks, if they may use the agents of the account. */
export type FindUser = (req: Request, res: Response, account: string) => Promise<string | null>;

export function createFindUser({ enterAccount, showsLogin }: Pick<People, 'enterAccount' | 'showsLogin'>): FindUser {
  return async (req, res, account) => {
    // Nearly everybody.
    if (!showsLogin(req)) return null;
    try {
      await enterAccount('use_agents', account)(req, res, () => {});
      return actorOf(req).id;
    } catch (error) {
      // Nobody, or nobody of this account: a visitor like any other.
      if (error instanceof AppError && error.status < 500) return null;
      throw error;
    }
  };
}
