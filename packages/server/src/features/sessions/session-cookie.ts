import { parseCookie, stringifySetCookie } from 'cookie';
import type { AppSettings } from '../../config.ts';
import { openKey, sealKey, type VisitorKey } from './visitor-key.ts';

export interface SessionCookie {
  /** The visitor's key from a `Cookie` header; null when absent or not of our making. */
  read(header: string | undefined): VisitorKey | null;
  /** A `Set-Cookie` header. */
  write(key: VisitorKey): string;
}

/**
 * In production `__Host-...; Secure; SameSite=None; Partitioned`: sent when our widget runs on a customer's page, and
 * kept apart per customer by the browser itself.
 */
export function createSessionCookie(
  settings: AppSettings['session'],
  { production, secret }: { production: boolean; secret: string },
): SessionCookie {
  const secure = settings.secure === 'auto' ? production : settings.secure;
  const sameSite = settings.same_site === 'auto' ? (secure ? 'none' : 'lax') : settings.same_site;
  const name = secure ? `__Host-${settings.cookie_name}` : settings.cookie_name;
  return {
    read(header) {
      const value = header === undefined ? undefined : parseCookie(header)[name];
      return value === undefined ? null : openKey(secret, value);
    },
    write: (key) =>
      stringifySetCookie({
        name,
        value: sealKey(secret, key),
        path: '/',
        httpOnly: true,
        secure,
        sameSite,
        partitioned: secure && sameSite === 'none',
        // Set anew with each new key, not with every answer, so it must outlast the time until that.
        maxAge: Math.max(settings.max_age_days * 86_400, settings.rotate_hours * 2 * 3600),
      }),
  };
}
