import type { Request, RequestHandler, Response } from 'express';
import { refuseOtherPages } from '../../http/origin-guard.ts';
import { validate } from '../../http/validate.ts';
import { acceptInvite } from './accept-invite.ts';
import type { PeopleDependencies } from './dependencies.ts';
import { getMe } from './get-me.ts';
import { logIn } from './log-in.ts';
import { logOut } from './log-out.ts';
import type { LoginCookies } from './login-cookies.ts';
import { findLoginSession } from './login-session.ts';
import { notSignedIn } from './people-errors.ts';
import { register } from './register.ts';
import { requestReset, resetPassword } from './reset-password.ts';
import {
  acceptBodySchema,
  emailBodySchema,
  loginBodySchema,
  registerBodySchema,
  resetBodySchema,
  verifyBodySchema,
} from './schemas.ts';
import { resendVerification, verifyEmail } from './verify-email.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** What anybody may ask, to become somebody who has signed in. Behind `ownPagesOnly`, and never cached. */
export function createAuthRoutes(people: PeopleDependencies, cookies: LoginCookies) {
  /** `POST /auth/register` */
  const registerRoute: RequestHandler = async (req, res) => {
    const body = validate(registerBodySchema, req.body, 'body');
    const loginToken = await register(people, body, cookies.presentedHash(req), whereaboutsOf(req));
    if (loginToken === null) checkEmail(res);
    else await welcome(res.status(201), loginToken, body.email);
  };

  /** `POST /auth/verify` */
  const verify: RequestHandler = async (req, res) => {
    const body = validate(verifyBodySchema, req.body, 'body');
    const presentedHash = cookies.presentedHash(req);
    const { loginToken, email } = await verifyEmail(people, { ...body, presentedHash }, whereaboutsOf(req));
    await welcome(res, loginToken, email);
  };

  /** `POST /auth/verify/resend` */
  const resend: RequestHandler = async (req, res) => {
    await resendVerification(people, validate(emailBodySchema, req.body, 'body').email, whereaboutsOf(req));
    checkEmail(res);
  };

  /** `POST /auth/login` */
  const login: RequestHandler = async (req, res) => {
    const { email, password } = validate(loginBodySchema, req.body, 'body');
    const attempt = {
      email,
      password,
      knownDevice: cookies.knownDevice(req, email),
      presentedHash: cookies.presentedHash(req),
    };
    await welcome(res, await logIn(people, attempt, whereaboutsOf(req)), email);
  };

  /** `POST /auth/logout` */
  const logout: RequestHandler = async (req, res) => {
    const tokenHash = cookies.presentedHash(req);
    if (tokenHash !== null) await logOut(people, tokenHash, whereaboutsOf(req));
    cookies.take(res);
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  /** `POST /auth/password/forgot` */
  const forgot: RequestHandler = async (req, res) => {
    await requestReset(people, validate(emailBodySchema, req.body, 'body').email, whereaboutsOf(req));
    checkEmail(res);
  };

  /** `POST /auth/password/reset` */
  const reset: RequestHandler = async (req, res) => {
    await resetPassword(people, validate(resetBodySchema, req.body, 'body'), whereaboutsOf(req));
    cookies.take(res);
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  /** `POST /auth/invites/accept` */
  const accept: RequestHandler = async (req, res) => {
    const body = validate(acceptBodySchema, req.body, 'body');
    const presentedHash = cookies.presentedHash(req);
    const newcomer = await acceptInvite(people, body, presentedHash, whereaboutsOf(req));
    if (newcomer) await welcome(res, newcomer.loginToken, newcomer.email);
    else await answerMe(res, presentedHash ?? '');
  };

  return { register: registerRoute, verify, resend, login, logout, forgot, reset, accept };

  /** Brings a new session on its way, and says whose it is. */
  async function welcome(res: Response, token: string, email: string): Promise<void> {
    cookies.give(res, token, email);
    await answerMe(res, people.credentials.hashOf('login', token) ?? '');
  }

  async function answerMe(res: Response, tokenHash: string): Promise<void> {
    const person = await people.database.withPerson({ credentialHash: tokenHash }, (tx) =>
      findLoginSession(tx, people, tokenHash),
    );
    if (!person) throw notSignedIn();
    res.set('Cache-Control', 'no-store').json(await getMe(people, person));
  }
}

/** The same whether there was anybody to write to. */
function checkEmail(res: Response): void {
  res.set('Cache-Control', 'no-store').status(202).json({ status: 'check_email' });
}

/** Before everything that anybody may ask of /auth: signing somebody in from a foreign page is forgery, too. */
export const ownPagesOnly: RequestHandler = (req: Request, _res, next) => {
  refuseOtherPages(req);
  next();
};
