import type { AppSettings } from '../../config.ts';
import type { Database } from '../../db/index.ts';
import type { Limiter } from '../../limits/index.ts';
import type { Mailer } from '../../mail/index.ts';
import type { Credentials } from './credential.ts';
import type { Passwords } from './password.ts';

/** What it takes to store a link. */
export interface LinkDependencies {
  database: Database;
  settings: AppSettings['people'];
  credentials: Credentials;
}

/** What the verbs of people need. */
export interface PeopleDependencies extends LinkDependencies {
  passwords: Passwords;
  mailer: Mailer;
  limiter: Limiter;
  /** Where the pages that links open are. Never taken from a request. */
  publicUrl: string;
}

/** Where a request comes from, for the list of devices and the audit log. */
export interface Whereabouts {
  address: string | null;
  /** What the browser calls itself. */
  device: string;
  requestId: string | null;
}
