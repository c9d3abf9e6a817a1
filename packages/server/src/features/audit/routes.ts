import type { RequestHandler } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { validate } from '../../http/validate.ts';
import { checkAudit } from './check-audit.ts';
import { listAudit } from './list-audit.ts';
import type { AuditCheck } from './replies.ts';
import { auditQuerySchema } from './schemas.ts';

/** Behind `enterAccount`. */
export function createAuditRoutes(database: Database) {
  /** `GET /accounts/{account}/admin/audit` */
  const list: RequestHandler = async (req, res) => {
    const { accountId } = actorOf(req);
    const query = validate(auditQuerySchema, req.query, 'query');
    res
      .set('Cache-Control', 'no-store')
      .json(await database.withAccount(accountId, (tx) => listAudit(tx, accountId, query)));
  };

  /** `GET /accounts/{account}/admin/audit/check` */
  const check: RequestHandler = async (req, res) => {
    const { heads, breaks } = await database.withAccount(actorOf(req).accountId, checkAudit);
    const [head] = heads;
    res.set('Cache-Control', 'no-store').json({
      intact: breaks.length === 0,
      head: head ? { position: head.position, hash: head.hash } : null,
      breaks: breaks.map(({ position, problem }) => ({ position, problem })),
    } satisfies AuditCheck);
  };

  return { list, check };
}
