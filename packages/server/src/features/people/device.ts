import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Remembers devices that somebody has signed in with, in a cookie of theirs: nothing is stored. */
export interface Devices {
  /** A cookie's value for a device that this person has just signed in with. */
  mark(email: string): string;
  /** Names the device to the limits; null where this person has never signed in. */
  recognize(cookie: string | undefined, email: string): string | null;
}

export function createDevices(secret: string): Devices {
  const sign = (id: string, email: string) =>
    createHmac('sha256', secret).update(`people:device:${id}:${email}`).digest('base64url');
  return {
    mark(email) {
      const id = randomBytes(16).toString('base64url');
      return `${id}.${sign(id, email)}`;
    },
    recognize(cookie = '', email) {
      const [, id, signature] = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(cookie) ?? [];
      if (id === undefined || signature === undefined) return null;
      return timingSafeEqual(Buffer.from(sign(id, email)), Buffer.from(signature)) ? id : null;
    },
  };
}
