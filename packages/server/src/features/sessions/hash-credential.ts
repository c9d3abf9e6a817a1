import { createHmac } from 'node:crypto';

/**
 * What is stored of a key or token. Salted with the account: the same browser at two customers leaves two values that
 * nobody can join.
 */
export function hashCredential(secret: string, accountId: string, credential: string): string {
  return createHmac('sha256', secret).update(`${accountId}:${credential}`).digest('hex');
}

/** The same of a browser's secret for the whole server, to know old keys from new. Joins with no account's. */
export function hashBrowser(secret: string, browserSecret: string): string {
  return createHmac('sha256', secret).update(`browser:${browserSecret}`).digest('hex');
}
