export { identityOperations } from './operations.ts';
export { createIdentityRoutes } from './routes.ts';
