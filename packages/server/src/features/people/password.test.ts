import { describe, expect, it } from 'vitest';
import { createPasswords } from './password.ts';

const passwords = createPasswords();
const isRight = async (given: string, set: string) => passwords.isRight(given, await passwords.hash(set));

describe('a password (L8)', () => {
  it('is stored as argon2id, with a salt of its own', async () => {
    const hashes = [await passwords.hash('the same'), await passwords.hash('the same')];
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('counts to its last byte, however long it is', async () => {
    for (const length of [64, 100, 200]) {
      const text = 'x'.repeat(length - 1);
      expect([length, await isRight(`${text}a`, `${text}a`)]).toEqual([length, true]);
      expect([length, await isRight(`${text}b`, `${text}a`)]).toEqual([length, false]);
      expect([length, await isRight(text, `${text}a`)]).toEqual([length, false]);
    }
    const emoji = '🧂'.repeat(199);
    expect(await isRight(`${emoji}🌊`, `${emoji}🌊`)).toBe(true);
    expect(await isRight(`${emoji}🌋`, `${emoji}🌊`)).toBe(false);
  });

  it('ends nowhere but at its end', async () => {
    expect(await isRight('before\0after', 'before\0other')).toBe(false);
  });

  it('is the same from every keyboard', async () => {
    expect(await isRight('e\u0301cole nationale', '\u00e9cole nationale')).toBe(true);
  });

  it('is never right for nobody, not even what nobody is compared with', async () => {
    expect(await passwords.isRight('nobody', null)).toBe(false);
  });
});
