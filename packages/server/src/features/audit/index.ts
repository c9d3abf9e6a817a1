export { checkAudit, type ChainBreak, type ChainHead } from './check-audit.ts';
export { listAudit } from './list-audit.ts';
export { auditOperations } from './operations.ts';
export { recordAudit } from './record-audit.ts';
export { auditPageSchema } from './replies.ts';
export { createAuditRoutes } from './routes.ts';
export { auditQuerySchema } from './schemas.ts';
