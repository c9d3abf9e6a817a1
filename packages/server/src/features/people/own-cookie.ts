import { parseCookie, stringifySetCookie } from 'cookie';

/** A cookie for the pages of this server itself: no script reads it, and no other site's page makes a browser send it. */
export interface OwnCookie {
  read(header: string | undefined): string | undefined;
  /** A `Set-Cookie` header. */
  write(value: string, maxAgeSeconds: number): string;
  /** The header that takes it away. */
  clear(): string;
}

/** @param secure also ties it to this host (`__Host-`) and to HTTPS */
export function createOwnCookie(plainName: string, secure: boolean): OwnCookie {
  const name = secure ? `__Host-${plainName}` : plainName;
  const attributes = { name, path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;
  return {
    read: (header) => (header === undefined ? undefined : parseCookie(header)[name]),
    write: (value, maxAge) => stringifySetCookie({ ...attributes, value, maxAge }),
    clear: () => stringifySetCookie({ ...attributes, value: '', maxAge: 0 }),
  };
}
