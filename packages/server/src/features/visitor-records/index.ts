export { enforceRetention, RETENTION_INTERVAL_MS } from './enforce-retention.ts';
export { createErasureLog, type ErasureLog } from './erasure-log.ts';
export { visitorRecordOperations } from './operations.ts';
export { createVisitorRecordRoutes } from './routes.ts';
export { reapplyErasures } from './reapply-erasures.ts';
