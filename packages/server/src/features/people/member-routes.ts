import type { RequestHandler, Response } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { AppSettings } from '../../config.ts';
import { validate } from '../../http/validate.ts';
import { changeRole } from './change-role.ts';
import type { PeopleDependencies } from './dependencies.ts';
import { signedInOf } from './enter-account.ts';
import { inviteMember, listInvites, revokeInvite } from './invites.ts';
import { listMembers } from './list-members.ts';
import type { LoginCookies } from './login-cookies.ts';
import { describeAccount, renameAccount } from './own-account.ts';
import { removeMember } from './remove-member.ts';
import { inviteBodySchema, invitePathSchema, memberPathSchema, renameBodySchema, roleBodySchema } from './schemas.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** An account, and who is in it. Behind `enterAccount`. */
export function createMemberRoutes(people: PeopleDependencies, cookies: LoginCookies, tiers: AppSettings['tiers']) {
  const { database } = people;

  /** `GET /accounts/{account}/admin/account` */
  const account: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    privately(res).json(await database.withAccount(accountId, (tx) => describeAccount(tx, accountId, tiers)));
  };

  /** `PATCH /accounts/{account}/admin/account` */
  const rename: RequestHandler = async (req, res) => {
    const actor = actorOf(req);
    const { name } = validate(renameBodySchema, req.body, 'body');
    const renamed = await database.withAccount(actor.accountId, async (tx) => {
      await renameAccount(tx, actor, name);
      return describeAccount(tx, actor.accountId, tiers);
    });
    privately(res).json(renamed);
  };

  /** `GET /accounts/{account}/users` */
  const list: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    privately(res).json(await database.withAccount(accountId, (tx) => listMembers(tx, accountId)));
  };

  /** `POST /accounts/{account}/users/{user_id}/role` */
  const setRole: RequestHandler = async (req, res) => {
    const { user_id: userId } = validate(memberPathSchema, req.params, 'path');
    const { role } = validate(roleBodySchema, req.body, 'body');
    const { member, loginToken } = await changeRole(people, actorOf(req), { userId, role }, whereaboutsOf(req));
    if (loginToken !== null) cookies.give(res, loginToken, signedInOf(req).email);
    privately(res).json(member);
  };

  /** `DELETE /accounts/{account}/users/{user_id}` */
  const remove: RequestHandler = async (req, res) => {
    const { user_id: userId } = validate(memberPathSchema, req.params, 'path');
    await removeMember(people, actorOf(req), userId);
    privately(res).status(204).end();
  };

  /** `GET /accounts/{account}/invites` */
  const invites: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    privately(res).json(await database.withAccount(accountId, (tx) => listInvites(tx, accountId)));
  };

  /** `POST /accounts/{account}/invites` */
  const invite: RequestHandler = async (req, res) => {
    const request = validate(inviteBodySchema, req.body, 'body');
    privately(res)
      .status(201)
      .json(await inviteMember(people, actorOf(req), request));
  };

  /** `DELETE /accounts/{account}/invites/{invite_id}` */
  const revoke: RequestHandler = async (req, res) => {
    const { invite_id: inviteId } = validate(invitePathSchema, req.params, 'path');
    await revokeInvite(people, actorOf(req), inviteId);
    privately(res).status(204).end();
  };

  return { account, rename, list, setRole, remove, invites, invite, revoke };
}

function privately(res: Response): Response {
  return res.set('Cache-Control', 'no-store');
}
