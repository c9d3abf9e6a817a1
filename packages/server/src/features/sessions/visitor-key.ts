import { createHmac, randomBytes } from 'node:crypto';

const KEY = /^[A-Za-z0-9_-]{43}$/;
const TOKEN = /^st_[A-Za-z0-9_-]{43}$/;

/** A browser's key: 256 random bits, in the cookie only. */
export function createVisitorKey(): string {
  return randomBytes(32).toString('base64url');
}

/** A bearer token: also 256 random bits, and never the value of a cookie. */
export function createSessionToken(): string {
  return `st_${randomBytes(32).toString('base64url')}`;
}

export function isVisitorKey(text: string): boolean {
  return KEY.test(text);
}

export function isSessionToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * What is stored of a key or token. Salted with the account: the same browser at two customers leaves two values that
 * nobody can join.
 */
export function hashCredential(secret: string, accountId: string, credential: string): string {
  return createHmac('sha256', secret).update(`${accountId}:${credential}`).digest('hex');
}
