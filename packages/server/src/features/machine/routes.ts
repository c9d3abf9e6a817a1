import type { Request, RequestHandler, Response } from 'express';
import { actorOf } from '../../access/actor.ts';
import { rateLimitHeaders } from '../../http/rate-limit-headers.ts';
import { contextOf } from '../../http/request-context.ts';
import { validate } from '../../http/validate.ts';
import {
  followSent,
  getReply,
  getSessionHistory,
  historyQuerySchema,
  streamTurn,
  type HistoryPage,
} from '../conversations/index.ts';
import { keyOf } from '../keys/index.ts';
import { deleteSession } from './delete-session.ts';
import { describeSession } from './describe-session.ts';
import { getSession } from './machine-session.ts';
import { machineMessageSchema, sessionIdPathSchema } from './schemas.ts';
import { sendAsMachine, type MachineDependencies, type SentByMachine } from './send-as-machine.ts';
import { toMachineReply } from './to-machine-reply.ts';

/** The handlers of `/api/v1`, behind `enterWithKey`. */
export function createMachineRoutes(dependencies: MachineDependencies & { maxMessageChars: number }) {
  const { database, conversations } = dependencies;
  const bodySchema = machineMessageSchema(dependencies.maxMessageChars);

  /** `POST /api/v1/chat` */
  const chat: RequestHandler = async (req, res) => {
    const sent = await send(req, res);
    const reply = await getReply(conversations, ownerOf(sent), sent.ids.turn_id);
    res.set('Cache-Control', 'no-store').json(toMachineReply(sent, reply));
  };

  /** `POST /api/v1/chat/stream` */
  const stream: RequestHandler = async (req, res) => {
    const sent = await send(req, res);
    const turn = await followSent(conversations, ownerOf(sent), sent.ids.turn_id);
    streamTurn(res, turn, 0, contextOf(req).requestId);
  };

  /** `GET /api/v1/sessions/{id}` */
  const session: RequestHandler = async (req, res) => {
    res.set('Cache-Control', 'no-store').json(await describeSession(database, keyOf(req), sessionIdOf(req)));
  };

  /** `GET /api/v1/sessions/{id}/history` */
  const history: RequestHandler = async (req, res) => {
    const { id } = await getSession(database, keyOf(req), sessionIdOf(req));
    const { limit, before } = validate(historyQuerySchema, req.query, 'query');
    const page: HistoryPage = { limit, before: before ?? null };
    res
      .set('Cache-Control', 'no-store')
      .json(await getSessionHistory(database, { accountId: keyOf(req).accountId, sessionId: id }, page));
  };

  /** `DELETE /api/v1/sessions/{id}` */
  const remove: RequestHandler = async (req, res) => {
    await deleteSession(database, keyOf(req), actorOf(req), sessionIdOf(req));
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  return { chat, stream, session, history, remove };

  async function send(req: Request, res: Response): Promise<SentByMachine> {
    const sent = await sendAsMachine(dependencies, keyOf(req), validate(bodySchema, req.body, 'body'));
    const context = contextOf(req);
    context.agent = { account: sent.agent.accountSlug, agent: sent.agent.slug };
    context.turnId = sent.ids.turn_id;
    if (sent.standing) res.set(rateLimitHeaders(sent.standing));
    return sent;
  }
}

function sessionIdOf(req: Request): string {
  return validate(sessionIdPathSchema, req.params, 'path').session_id;
}

function ownerOf({ agent, sessionKey }: SentByMachine) {
  return { accountId: agent.accountId, agentInstanceId: agent.id, sessionKey };
}
