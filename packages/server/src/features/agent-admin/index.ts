export { agentAdminOperations } from './operations.ts';
export { pruneConfigVersions } from './prune-config-versions.ts';
export { createAgentAdminRoutes } from './routes.ts';
