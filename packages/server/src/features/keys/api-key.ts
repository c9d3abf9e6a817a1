import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX_CHARS = 10;
/** 62 to the 43rd is just more than 2 to the 256th. */
const SECRET_CHARS = 43;
const CHECKSUM_CHARS = 6;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^ak_([0-9A-Za-z]{10})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
/** Compared with where there is no key, so that there is as much to do. */
const NO_HASH = '0'.repeat(64);

/** A key as it is shown, once, and what is kept of it. */
export interface NewApiKey {
  /** `ak_`, the prefix, `_`, 256 random bits, and a checksum by which secret scanners and this server know a true one. */
  key: string;
  prefix: string;
  hash: string;
}

export function createApiKey(): NewApiKey {
  const prefix = randomDigits(PREFIX_CHARS);
  const body = `ak_${prefix}_${randomDigits(SECRET_CHARS)}`;
  const key = body + checksumOf(body);
  return { key, prefix, hash: hashApiKey(key) };
}

/** The prefix to look for; null for what is no key, or one that was copied wrongly. */
export function prefixOfApiKey(key: string): string | null {
  const parts = FORM.exec(key);
  const [, prefix = '', , checksum] = parts ?? [];
  return parts && checksumOf(key.slice(0, -CHECKSUM_CHARS)) === checksum ? prefix : null;
}

/** Whether this is the key of that hash, in the same time whatever the two share. @param hash null: there is no such key */
export function isKeyOf(hash: string | null, key: string): boolean {
  const isEqual = timingSafeEqual(Buffer.from(hashApiKey(key), 'hex'), Buffer.from(hash ?? NO_HASH, 'hex'));
  return isEqual && hash !== null;
}

/** Plain SHA-256: there is nothing to guess in 256 random bits, and a change of the server's secret must not end keys. */
function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksumOf(text: string): string {
  return inDigits(BigInt(crc32(text)), CHECKSUM_CHARS);
}

/** As many random digits. Eight bytes more than they need, so that none is likelier than another. */
function randomDigits(count: number): string {
  const bytes = randomBytes(Math.ceil((count * Math.log2(DIGITS.length)) / 8) + 8);
  return inDigits(BigInt(`0x${bytes.toString('hex')}`), count);
}

/** The last digits of a number. */
function inDigits(value: bigint, count: number): string {
  const base = BigInt(DIGITS.length);
  let digits = '';
  for (let rest = value; digits.length < count; rest /= base) digits = DIGITS.charAt(Number(rest % base)) + digits;
  return digits;
}
