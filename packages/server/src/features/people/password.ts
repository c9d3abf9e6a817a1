import { hash, verify } from '@node-rs/argon2';

/** `Algorithm.Argon2id`, which its types declare in a way that a bundler cannot read. */
const ARGON2ID = 2;
// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane.
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and compares passwords, off the main thread. */
export interface Passwords {
  /** In PHC form, with a salt of its own. */
  hash(password: string): Promise<string>;
  /** @param stored null for somebody who does not exist: takes the same work, and is never right */
  isRight(password: string, stored: string | null): Promise<boolean>;
}

export function createPasswords(): Passwords {
  // What nobody's password is compared with.
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => hash(normalize(password), COST),
    async isRight(password, stored) {
      decoy ??= hash('nobody', COST);
      const isEqual = await verify(stored ?? (await decoy), normalize(password));
      return isEqual && stored !== null;
    },
  };
}

/** One form of what different keyboards write for the same characters (NIST SP 800-63B, section 3.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
