export { machineOperations } from './operations.ts';
export { createMachineRoutes } from './routes.ts';
