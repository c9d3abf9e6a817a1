import { describe, expect, it } from 'vitest';
import { createApiKey, isKeyOf, prefixOfApiKey } from './api-key.ts';

const FORM = /^ak_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/;

describe('a key (L7)', () => {
  it('has a form that scanners know, a prefix, and a hash that is not the key', () => {
    const { key, prefix, hash } = createApiKey();
    expect(key).toMatch(FORM);
    expect(key.startsWith(`ak_${prefix}_`)).toBe(true);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(prefixOfApiKey(key)).toBe(prefix);
    expect(isKeyOf(hash, key)).toBe(true);
  });

  it('is never the same, and every digit of it varies', () => {
    const keys = Array.from({ length: 500 }, () => createApiKey().key);
    expect(new Set(keys).size).toBe(500);
    for (let place = 0; place < keys[0]!.length; place += 1) {
      const isFixed = place < 3 || place === 13;
      const seen = new Set(keys.map((key) => key[place]));
      // 6 digits of a checksum of 32 bits: the first says little.
      const least = isFixed ? 1 : place === 57 ? 3 : 40;
      expect(seen.size, `place ${place}`).toBeGreaterThanOrEqual(least);
    }
  });

  it('with one letter wrong, missing or too many is known for none before anybody is asked', () => {
    const { key } = createApiKey();
    for (let place = 0; place < key.length; place += 1) {
      const wrong = key[place] === 'x' ? 'y' : 'x';
      expect(prefixOfApiKey(key.slice(0, place) + wrong + key.slice(place + 1)), `place ${place}`).toBeNull();
      expect(prefixOfApiKey(key.slice(0, place) + key.slice(place + 1))).toBeNull();
    }
    for (const text of ['', 'ak_', `${key}0`, ` ${key}`, `${key}\n`, key.toUpperCase()]) {
      expect(prefixOfApiKey(text)).toBeNull();
    }
  });

  it('is not proved by the hash of another one, nor where there is none', () => {
    const [one, other] = [createApiKey(), createApiKey()];
    expect(isKeyOf(one.hash, other.key)).toBe(false);
    expect(isKeyOf(null, one.key)).toBe(false);
  });
});
