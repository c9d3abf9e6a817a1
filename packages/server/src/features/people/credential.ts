import { createHmac, randomBytes } from 'node:crypto';

const PREFIXES = { login: 'sl', invite: 'iv', verify_email: 've', reset_password: 'rp' } as const;

export type CredentialKind = keyof typeof PREFIXES;

/** Something whose holder is let in: 256 random bits, in the form `sl_...`. Only its hash is stored. */
export interface Credential {
  token: string;
  hash: string;
}

/** Makes and reads what a person shows instead of a password. */
export interface Credentials {
  create(kind: CredentialKind): Credential;
  /** The hash to look for; null for what is no credential of this kind. */
  hashOf(kind: CredentialKind, token: string | undefined): string | null;
}

/** @param secret keys the hashes, so that a stolen table cannot be tried against anything */
export function createCredentials(secret: string): Credentials {
  const hashOf = (kind: CredentialKind, token: string) =>
    createHmac('sha256', secret).update(`people:${kind}:${token}`).digest('hex');
  return {
    create(kind) {
      const token = `${PREFIXES[kind]}_${randomBytes(32).toString('base64url')}`;
      return { token, hash: hashOf(kind, token) };
    },
    hashOf: (kind, token = '') =>
      new RegExp(`^${PREFIXES[kind]}_[A-Za-z0-9_-]{43}$`).test(token) ? hashOf(kind, token) : null,
  };
}
