import { randomBytes } from 'node:crypto';

const TOKEN = /^st_[A-Za-z0-9_-]{43}$/;

/** A bearer token: 256 random bits, and never the value of a cookie. */
export function createSessionToken(): string {
  return `st_${randomBytes(32).toString('base64url')}`;
}

export function isSessionToken(text: string): boolean {
  return TOKEN.test(text);
}
