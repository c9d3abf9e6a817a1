import type { Request, Response } from 'express';
import type { Credentials } from './credential.ts';
import { createDevices } from './device.ts';
import { createOwnCookie } from './own-cookie.ts';

const DAY_SECONDS = 86_400;
const DEVICE_SECONDS = 400 * DAY_SECONDS;

/** What a browser keeps of a person: the session, and that they have signed in there before. */
export interface LoginCookies {
  /** The hash of the session's token; null for a browser without one. */
  presentedHash(req: Request): string | null;
  /** Names the browser, where this person has signed in before. */
  knownDevice(req: Request, email: string): string | null;
  /** Brings the new session on its way. */
  give(res: Response, token: string, email: string): void;
  take(res: Response): void;
}

export function createLoginCookies(
  credentials: Credentials,
  { secret, secure, maxDays }: { secret: string; secure: boolean; maxDays: number },
): LoginCookies {
  const login = createOwnCookie('salient_login', secure);
  const device = createOwnCookie('salient_device', secure);
  const devices = createDevices(secret);
  return {
    presentedHash: (req) => credentials.hashOf('login', login.read(req.get('Cookie'))),
    knownDevice: (req, email) => devices.recognize(device.read(req.get('Cookie')), email),
    give(res, token, email) {
      res.append('Set-Cookie', login.write(token, maxDays * DAY_SECONDS));
      res.append('Set-Cookie', device.write(devices.mark(email), DEVICE_SECONDS));
    },
    take(res) {
      res.append('Set-Cookie', login.clear());
    },
  };
}
