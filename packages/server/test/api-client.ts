import type { Scope } from '../src/access/scopes.ts';
import type { Person } from './person.ts';

/** A key as it was shown. */
export interface TestKey {
  id: string;
  key: string;
  prefix: string;
}

/** Makes a key over the API. */
export async function createTestKey(
  person: Person,
  account: string,
  scopes: readonly Scope[],
  more: { agent?: string; expires_at?: string } = {},
): Promise<TestKey> {
  const response = await person.send('POST', `/accounts/${account}/admin/keys`, { name: 'Tests', scopes, ...more });
  if (response.status !== 201) throw new Error(`keys answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as TestKey;
}

/** Asks as a program does: with a key, and nothing that a browser sends. */
export function askWithKey(
  serverUrl: string,
  key: string | null,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(new URL(path, serverUrl), {
    method,
    headers: {
      ...(key !== null && { 'X-API-Key': key }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
