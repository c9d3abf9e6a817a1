import type { RequestHandler, Response } from 'express';
import { validate } from '../../http/validate.ts';
import { auditQuerySchema, listAudit } from '../audit/index.ts';
import { changePassword } from './change-password.ts';
import { createAccount } from './create-account.ts';
import type { PeopleDependencies } from './dependencies.ts';
import { deletePerson } from './delete-person.ts';
import { signedInOf } from './enter-account.ts';
import { getMe } from './get-me.ts';
import type { LoginCookies } from './login-cookies.ts';
import { endAllLoginSessions, endLoginSession, listLoginSessions } from './login-sessions.ts';
import { leaveAccount } from './remove-member.ts';
import {
  accountPathSchema,
  changePasswordBodySchema,
  createAccountBodySchema,
  deletePersonBodySchema,
  sessionPathSchema,
} from './schemas.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** What somebody who has signed in does with what is their own. Behind `requireLogin`. */
export function createOwnRoutes(people: PeopleDependencies, cookies: LoginCookies) {
  /** `GET /auth/me` */
  const me: RequestHandler = async (req, res) => {
    privately(res).json(await getMe(people, signedInOf(req)));
  };

  /** `DELETE /auth/me` */
  const deleteMe: RequestHandler = async (req, res) => {
    const { password } = validate(deletePersonBodySchema, req.body, 'body');
    const person = signedInOf(req);
    const knownDevice = cookies.knownDevice(req, person.email);
    await deletePerson(people, person, { password, knownDevice }, whereaboutsOf(req));
    cookies.take(res);
    privately(res).status(204).end();
  };

  /** `POST /accounts` */
  const openAccount: RequestHandler = async (req, res) => {
    const body = validate(createAccountBodySchema, req.body, 'body');
    const account = await createAccount(people, signedInOf(req).userId, body, whereaboutsOf(req));
    privately(res).status(201).json(account);
  };

  /** `DELETE /auth/accounts/{account}` */
  const leave: RequestHandler = async (req, res) => {
    const { account } = validate(accountPathSchema, req.params, 'path');
    await leaveAccount(people, signedInOf(req).userId, account, whereaboutsOf(req));
    privately(res).status(204).end();
  };

  /** `GET /auth/sessions` */
  const sessions: RequestHandler = async (req, res) => {
    privately(res).json(await listLoginSessions(people, signedInOf(req)));
  };

  /** `DELETE /auth/sessions/{session_id}` */
  const endSession: RequestHandler = async (req, res) => {
    const { session_id: sessionId } = validate(sessionPathSchema, req.params, 'path');
    await endLoginSession(people, signedInOf(req).userId, sessionId, whereaboutsOf(req));
    privately(res).status(204).end();
  };

  /** `DELETE /auth/sessions` */
  const endAllSessions: RequestHandler = async (req, res) => {
    await endAllLoginSessions(people, signedInOf(req).userId, whereaboutsOf(req));
    cookies.take(res);
    privately(res).status(204).end();
  };

  /** `POST /auth/password/change` */
  const changeOwnPassword: RequestHandler = async (req, res) => {
    const body = validate(changePasswordBodySchema, req.body, 'body');
    const person = signedInOf(req);
    const change = {
      currentPassword: body.current_password,
      newPassword: body.new_password,
      knownDevice: cookies.knownDevice(req, person.email),
    };
    cookies.give(res, await changePassword(people, person, change, whereaboutsOf(req)), person.email);
    privately(res).status(204).end();
  };

  /** `GET /auth/audit` */
  const audit: RequestHandler = async (req, res) => {
    const { userId } = signedInOf(req);
    const query = validate(auditQuerySchema, req.query, 'query');
    privately(res).json(await people.database.withPerson({ userId }, (tx) => listAudit(tx, userId, query)));
  };

  return {
    me,
    deleteMe,
    openAccount,
    leave,
    sessions,
    endSession,
    endAllSessions,
    changePassword: changeOwnPassword,
    audit,
  };
}

function privately(res: Response): Response {
  return res.set('Cache-Control', 'no-store');
}
