export { sessionOperations } from './operations.ts';
export { createSessionRoutes } from './routes.ts';
export { createSessionCookie } from './session-cookie.ts';
export { createVisitorOf, type VisitorOf } from './visitor-of.ts';
