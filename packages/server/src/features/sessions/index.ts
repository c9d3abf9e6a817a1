export { CLEAR_EXPIRED_INTERVAL_MS, clearExpired } from './clear-expired.ts';
export { endCredentials } from './end-credentials.ts';
export { exchangeCredential, type ExchangedCredential } from './exchange-credential.ts';
export { createFindUser } from './find-user.ts';
export { hashCredential } from './hash-credential.ts';
export type { Visitor, VisitorDependencies } from './identify-visitor.ts';
export { createAnomalyNotes } from './note-anomaly.ts';
export { sessionOperations, sessionTokenSchema } from './operations.ts';
export { createSessionRoutes } from './routes.ts';
export { createSessionCookie } from './session-cookie.ts';
export { sessionRules } from './session-rules.ts';
export { knownSender, type Sender } from './sender.ts';
export {
  bringKey,
  createFindSignedIn,
  createVisitorOf,
  recogniseVisitor,
  requiresIdentity,
  type SenderOf,
  type VisitorOf,
} from './visitor-of.ts';
