export { agentAdminOperations } from './operations.ts';
export { createAgentAdminRoutes } from './routes.ts';
