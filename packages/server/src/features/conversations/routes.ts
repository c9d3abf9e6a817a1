import type { ConversationOwner } from '../../db/index.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { clientAddressOf, networkOf } from '../../http/client-address.ts';
import { refuseForgery } from '../../http/origin-guard.ts';
import { rateLimitHeaders } from '../../http/rate-limit-headers.ts';
import { contextOf } from '../../http/request-context.ts';
import { validate } from '../../http/validate.ts';
import { agentOf } from '../agents/index.ts';
import type { SenderOf, VisitorOf } from '../sessions/index.ts';
import type { ConversationDependencies } from './dependencies.ts';
import { followSent, openTurn, type OpenTurn } from './follow-turn.ts';
import { getHistory } from './get-history.ts';
import { giveFeedback } from './give-feedback.ts';
import { getReply } from './get-reply.ts';
import {
  feedbackSchema,
  historyQuerySchema,
  messagePathSchema,
  sendMessageSchema,
  streamQuerySchema,
  turnPathSchema,
} from './schemas.ts';
import { sendMessage } from './send-message.ts';
import { stopTurn } from './stop-turn.ts';
import { streamTurn } from './stream-turn.ts';
import { invalidPosition, parsePosition, type TurnPosition } from './turn-position.ts';

export interface ConversationRouteDependencies {
  conversations: ConversationDependencies;
  visitorOf: VisitorOf;
  senderOf: SenderOf;
  maxMessageChars: number;
}

/** The handlers of everything a visitor says and reads. They run behind `agentFromPath`. */
export function createConversationRoutes(dependencies: ConversationRouteDependencies) {
  const { conversations, visitorOf, senderOf, maxMessageChars } = dependencies;
  const bodySchema = sendMessageSchema(maxMessageChars);
  const querySchema = streamQuerySchema(maxMessageChars);

  /** `POST A/chat` */
  const chat: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const input = validate(bodySchema, req.body, 'body');
    const { owner, turnId } = await send(req, res, input);
    contextOf(req).turnId = turnId;
    res.set('Cache-Control', 'no-store').json(await getReply(conversations, owner, turnId));
  };

  /** `POST A/stream` */
  const stream: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const input = validate(bodySchema, req.body, 'body');
    await sendAndStream(req, res, input);
  };

  /**
   * `GET A/stream`: with `message` for EventSource, htmx and curl; with `turn` to come back. An EventSource reconnects
   * with the same address and `Last-Event-ID`: it gets the rest of its answer, never a second one. To come back changes
   * nothing, so it need not show where it comes from.
   */
  const streamByGet: RequestHandler = async (req, res) => {
    const { turn: turnId, message, client_message_id } = validate(querySchema, req.query, 'query');
    const lastEventId = req.get('Last-Event-ID');
    const position = lastEventId === undefined || lastEventId === '' ? null : parsePosition(lastEventId);
    if (turnId !== undefined && position && position.turnId !== turnId) throw invalidPosition();
    if (turnId === undefined && !position && message !== undefined) {
      refuseForgery(req);
      await sendAndStream(req, res, { message, client_message_id });
      return;
    }
    await rejoin(req, res, position ?? { turnId: turnId ?? '', offset: 0 });
  };

  /** `GET A/history` */
  const history: RequestHandler = async (req, res) => {
    const { limit, before } = validate(historyQuerySchema, req.query, 'query');
    const { owner } = await enter(req, res);
    res
      .set('Cache-Control', 'no-store')
      .json(await getHistory(conversations.database, owner, { limit, before: before ?? null }));
  };

  /** `POST A/turns/{turn_id}/stop` */
  const stop: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const { turn_id: turnId } = validate(turnPathSchema, req.params, 'path');
    const { owner } = await enter(req, res);
    contextOf(req).turnId = turnId;
    res.set('Cache-Control', 'no-store').json(await stopTurn(conversations, owner, turnId));
  };

  /** `POST A/messages/{id}/feedback` */
  const feedback: RequestHandler = async (req, res) => {
    refuseForgery(req);
    const { message_id: messageId } = validate(messagePathSchema, req.params, 'path');
    const { rating, comment } = validate(feedbackSchema, req.body, 'body');
    const { owner } = await enter(req, res);
    const given = rating === null ? null : { rating, ...(comment && { comment }) };
    await giveFeedback(conversations.database, owner, { messageId, feedback: given });
    res.set('Cache-Control', 'no-store').json({ message_id: messageId, feedback: given });
  };

  return { chat, stream, streamByGet, history, stop, feedback };

  async function enter(req: Request, res: Response): Promise<{ owner: ConversationOwner }> {
    const agent = agentOf(req);
    const { sessionKey } = await visitorOf(req, res, agent);
    return { owner: { accountId: agent.accountId, agentInstanceId: agent.id, sessionKey } };
  }

  async function sendAndStream(req: Request, res: Response, input: z.output<typeof bodySchema>): Promise<void> {
    const { owner, turnId } = await send(req, res, input);
    show(req, res, await followSent(conversations, owner, turnId), 0);
  }

  async function send(req: Request, res: Response, input: z.output<typeof bodySchema>) {
    const agent = agentOf(req);
    const sender = await senderOf(req, res, agent);
    const network = networkOf(clientAddressOf(req));
    const { ids, sessionKey, standing } = await sendMessage(conversations, {
      ...toInput(input),
      agent,
      sender,
      network,
    });
    if (standing) res.set(rateLimitHeaders(standing));
    return { owner: { accountId: agent.accountId, agentInstanceId: agent.id, sessionKey }, turnId: ids.turn_id };
  }

  async function rejoin(req: Request, res: Response, { turnId, offset }: TurnPosition): Promise<void> {
    const { owner } = await enter(req, res);
    const start = offset === 'done' ? 0 : offset;
    const turn = await openTurn(conversations, owner, turnId, start);
    // 204 tells an EventSource that there is nothing left to reconnect for (WHATWG HTML, section 9.2.3).
    if (offset === 'done') res.status(204).end();
    else show(req, res, turn, start);
  }

  function show(req: Request, res: Response, turn: OpenTurn, offset: number): void {
    const context = contextOf(req);
    context.turnId = turn.ids.turn_id;
    streamTurn(res, turn, offset, context.requestId);
  }
}

function toInput(body: z.output<ReturnType<typeof sendMessageSchema>>) {
  const { message, client_message_id, replaces, context, consent } = body;
  return {
    message,
    clientMessageId: client_message_id ?? null,
    replaces: replaces ?? null,
    context: context ?? null,
    consent: consent ?? null,
  };
}
