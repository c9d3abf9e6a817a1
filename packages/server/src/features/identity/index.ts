export { createIdentityKeyRoutes } from './admin-routes.ts';
export { identityOperations } from './operations.ts';
export { createIdentityRoutes } from './routes.ts';
