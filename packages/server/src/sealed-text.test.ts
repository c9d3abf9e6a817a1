import { expect, it } from 'vitest';
import { openText, sealText } from './sealed-text.ts';

it('what is sealed opens again, and looks different each time', () => {
  const sealed = sealText('secret', 'key of a', 'täxt');
  expect(openText('secret', 'key of a', sealed)).toBe('täxt');
  expect(sealText('secret', 'key of a', 'täxt')).not.toBe(sealed);
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('xt');
});

it('it does not open under another secret, for another purpose, or changed', () => {
  const sealed = sealText('secret', 'key of a', 'text');
  expect(() => openText('other', 'key of a', sealed)).toThrow();
  expect(() => openText('secret', 'key of b', sealed)).toThrow();
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1]! ^= 1;
  expect(() => openText('secret', 'key of a', bytes.toString('base64url'))).toThrow();
});
