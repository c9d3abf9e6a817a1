import type { Request, RequestHandler, Response } from 'express';
import { actorOf } from '../../access/actor.ts';
import type { Database } from '../../db/index.ts';
import { validate } from '../../http/validate.ts';
import { recordAudit } from '../audit/index.ts';
import { AppError } from '../../errors.ts';
import { eraseAccount, exportAccount } from './account-data.ts';
import { eraseVisitor, toLiveStore, UNLISTED } from './erase-visitor.ts';
import type { ErasureLog } from './erasure-log.ts';
import { exportVisitor } from './export-visitor.ts';
import { getVisitor } from './find-visitor.ts';
import { holdSession } from './hold-session.ts';
import { findRecentTurns, stopAll, type LiveAnswers } from './live-answers.ts';
import { listSessions } from './list-sessions.ts';
import { readSession } from './read-session.ts';
import {
  eraseAccountBodySchema,
  holdBodySchema,
  sessionPathSchema,
  sessionsQuerySchema,
  visitorPathSchema,
} from './schemas.ts';
import { terminateSession } from './terminate-session.ts';

export interface VisitorRecordDependencies {
  database: Database;
  liveAnswers: LiveAnswers;
  erasures: ErasureLog;
}

/** What the people of an account do with what its visitors left. They run behind `enterAccount`. */
export function createVisitorRecordRoutes({ database, liveAnswers, erasures }: VisitorRecordDependencies) {
  /** `GET .../admin/sessions` */
  const list: RequestHandler = async (req, res) => {
    const query = validate(sessionsQuerySchema, req.query, 'query');
    const { accountId } = actorOf(req);
    send(res, await database.withAccount(accountId, (tx) => listSessions(tx, accountId, query)));
  };

  /** `GET .../admin/sessions/{session_id}` */
  const read: RequestHandler = async (req, res) => {
    const { actor, sessionId } = sessionOf(req);
    const session = await database.withAccount(actor.accountId, async (tx) => {
      const found = await readSession(tx, actor.accountId, sessionId);
      await recordAudit(tx, actor, { action: 'session.read', target: { kind: 'session', id: sessionId } });
      return found;
    });
    send(res, session);
  };

  /** `POST .../admin/sessions/{session_id}/terminate` */
  const terminate: RequestHandler = async (req, res) => {
    const { actor, sessionId } = sessionOf(req);
    await database.withAccount(actor.accountId, async (tx) => {
      await terminateSession(tx, actor.accountId, sessionId);
      await recordAudit(tx, actor, { action: 'session.terminated', target: { kind: 'session', id: sessionId } });
    });
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  /** `PUT .../admin/sessions/{session_id}/hold` */
  const hold: RequestHandler = async (req, res) => {
    const { on_hold } = validate(holdBodySchema, req.body, 'body');
    const { actor, sessionId } = sessionOf(req);
    await database.withAccount(actor.accountId, async (tx) => {
      await holdSession(tx, actor.accountId, sessionId, on_hold);
      const target = { kind: 'session', id: sessionId };
      await recordAudit(tx, actor, { action: 'session.hold_changed', target, after: { on_hold } });
    });
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  /** `GET .../admin/visitors/{visitor_id}/export` */
  const exportRoute: RequestHandler = async (req, res) => {
    const { actor, visitorId } = visitorOf(req);
    const exported = await database.withAccount(actor.accountId, async (tx) => {
      const everything = await exportVisitor(tx, await getVisitor(tx, actor.accountId, visitorId));
      await recordAudit(tx, actor, { action: 'visitor.exported', target: { kind: 'visitor', id: visitorId } });
      return everything;
    });
    send(res, exported);
  };

  /** `DELETE .../admin/visitors/{visitor_id}` */
  const erase: RequestHandler = async (req, res) => {
    const { actor, visitorId } = visitorOf(req);
    const { accountId } = actor;
    const turns = await database.withAccount(accountId, async (tx) => {
      const { sessionKey } = await getVisitor(tx, accountId, visitorId);
      return findRecentTurns(tx, accountId, sessionKey);
    });
    await stopAll(liveAnswers, accountId, turns);
    const receipt = await database.withAccount(accountId, async (tx) => {
      const ids = await getVisitor(tx, accountId, visitorId);
      const done = await eraseVisitor(tx, ids, { stopped: turns.underWay.length });
      const erased = Object.fromEntries(done.stores.map(({ name, erased: rows }) => [name, rows]));
      await recordAudit(tx, actor, {
        action: 'visitor.erased',
        target: { kind: 'visitor', id: visitorId },
        after: erased,
      });
      // Before the end of the transaction: what was noted and did not come to pass is made up for, not the other way round.
      const erasure = {
        kind: 'visitor',
        account_id: accountId,
        visitor_id: visitorId,
        erased_at: done.erased_at,
      } as const;
      if (!(await erasures.note(erasure))) done.stores.push(UNLISTED);
      return done;
    });
    receipt.stores.push(toLiveStore(await liveAnswers.forget(turns.all)));
    send(res, receipt);
  };

  /** `GET /accounts/{account}/export` */
  const exportWhole: RequestHandler = async (req, res) => {
    const actor = actorOf(req);
    const exported = await database.withAccount(actor.accountId, async (tx) => {
      const everything = await exportAccount(tx, { id: actor.accountId, slug: actor.accountSlug });
      await recordAudit(tx, actor, { action: 'account.exported' });
      return everything;
    });
    send(res, exported);
  };

  /** `DELETE /accounts/{account}` */
  const eraseWhole: RequestHandler = async (req, res) => {
    const actor = actorOf(req);
    const { confirm } = validate(eraseAccountBodySchema, req.body, 'body');
    if (confirm !== actor.accountSlug) {
      throw new AppError('VALIDATION_ERROR', "confirm: must be the account's own slug.");
    }
    const turns = await database.withAccount(actor.accountId, (tx) => findRecentTurns(tx, actor.accountId));
    await stopAll(liveAnswers, actor.accountId, turns);
    const receipt = await database.withAccount(actor.accountId, async (tx) => {
      const done = await eraseAccount(tx, { id: actor.accountId, slug: actor.accountSlug });
      const rows = Object.fromEntries(done.erased.map((table) => [table.name, table.rows]));
      await recordAudit(tx, actor, { action: 'account.erased', after: rows });
      await erasures.note({ kind: 'account', account_id: actor.accountId, erased_at: done.erased_at });
      return done;
    });
    await liveAnswers.forget(turns.all);
    send(res, receipt);
  };

  return { list, read, terminate, hold, export: exportRoute, erase, exportWhole, eraseWhole };
}

function sessionOf(req: Request) {
  return { actor: actorOf(req), sessionId: validate(sessionPathSchema, req.params, 'path').session_id };
}

function visitorOf(req: Request) {
  return { actor: actorOf(req), visitorId: validate(visitorPathSchema, req.params, 'path').visitor_id };
}

function send(res: Response, body: object): void {
  res.set('Cache-Control', 'no-store').json(body);
}
