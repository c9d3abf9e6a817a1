import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * What a browser is recognised by. The cookie carries it sealed: secret, time of issue, and a mark that only this server
 * can make. The secret stays, so that every account it was shown to knows it again; the seal is renewed, and once a newer
 * one has been seen no older one counts. A copy of an old cookie is worth nothing then, and cannot be made new.
 */
export interface VisitorKey {
  /** 256 random bits, as text. */
  secret: string;
  issuedAt: Date;
}

const SECRET_BYTES = 32;
const TIME_BYTES = 6;
const MARK_BYTES = 16;
const SEALED = new RegExp(`^[A-Za-z0-9_-]{${((SECRET_BYTES + TIME_BYTES + MARK_BYTES) * 8) / 6}}$`);

/** The key of a browser that nobody has met. */
export function createVisitorKey(rotateHours: number): VisitorKey {
  return renewKey({ secret: randomBytes(SECRET_BYTES).toString('base64url'), issuedAt: new Date(0) }, rotateHours);
}

/** The cookie's value. The same key gives the same. */
export function sealKey(serverSecret: string, { secret, issuedAt }: VisitorKey): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(issuedAt.getTime(), 0, TIME_BYTES);
  const body = Buffer.concat([Buffer.from(secret, 'base64url'), time]);
  return Buffer.concat([body, markOf(serverSecret, body)]).toString('base64url');
}

/** Null for what this server has not sealed. */
export function openKey(serverSecret: string, value: string): VisitorKey | null {
  if (!SEALED.test(value)) return null;
  const bytes = Buffer.from(value, 'base64url');
  const body = bytes.subarray(0, SECRET_BYTES + TIME_BYTES);
  if (!timingSafeEqual(bytes.subarray(body.length), markOf(serverSecret, body))) return null;
  return {
    secret: body.subarray(0, SECRET_BYTES).toString('base64url'),
    issuedAt: new Date(body.readUIntBE(SECRET_BYTES, TIME_BYTES)),
  };
}

/**
 * The key as it should be now: of the latest of its moments of change, which lie `rotateHours` apart and at another time
 * of day for every browser. Tabs that ask at once, or again because an answer was lost, get the very same one.
 */
export function renewKey(key: VisitorKey, rotateHours: number, now = new Date()): VisitorKey {
  const everyMs = rotateHours * 3_600_000;
  const offsetMs = Buffer.from(key.secret, 'base64url').readUInt32BE() % everyMs;
  const changedAt = now.getTime() - ((now.getTime() + offsetMs) % everyMs);
  return changedAt > key.issuedAt.getTime() ? { ...key, issuedAt: new Date(changedAt) } : key;
}

function markOf(serverSecret: string, body: Buffer): Buffer {
  return createHmac('sha256', serverSecret).update('visitor key ').update(body).digest().subarray(0, MARK_BYTES);
}
