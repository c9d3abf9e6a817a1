export { enforceRetention, RETENTION_INTERVAL_MS } from './enforce-retention.ts';
export { visitorRecordOperations } from './operations.ts';
export { createVisitorRecordRoutes } from './routes.ts';
