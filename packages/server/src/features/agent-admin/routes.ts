import type { Request, RequestHandler, Response } from 'express';
import { actorOf } from '../../access/actor.ts';
import { validate } from '../../http/validate.ts';
import { getConfigVersion, listConfigVersions } from './config-versions.ts';
import { createAgent } from './create-agent.ts';
import type { AgentAdminDependencies } from './dependencies.ts';
import { editAgent } from './edit-agent.ts';
import { getAgentConfig } from './get-agent-config.ts';
import { getManagedAgent } from './get-managed-agent.ts';
import { listManagedAgents } from './list-managed-agents.ts';
import { putAgentConfig } from './put-agent-config.ts';
import {
  agentIdPathSchema,
  createAgentSchema,
  editAgentSchema,
  ifMatchSchema,
  listQuerySchema,
  putConfigSchema,
  revertSchema,
  versionPathSchema,
  versionsQuerySchema,
} from './schemas.ts';

/** The handlers of an account's agents, behind `enterAccount`. `G` is `/accounts/{account}/admin/agents`. */
export function createAgentAdminRoutes(dependencies: AgentAdminDependencies) {
  /** `GET G` */
  const list: RequestHandler = async (req, res) => {
    const { status } = validate(listQuerySchema, req.query, 'query');
    send(res, await listManagedAgents(dependencies, actorOf(req).accountId, status ?? null));
  };

  /** `POST G` */
  const create: RequestHandler = async (req, res) => {
    const body = validate(createAgentSchema, req.body, 'body');
    const agent = await createAgent(dependencies, actorOf(req), body);
    send(res.status(201), agent);
  };

  /** `GET G/{id}` */
  const get: RequestHandler = async (req, res) => {
    send(res, await getManagedAgent(dependencies, actorOf(req).accountId, agentIdOf(req)));
  };

  /** `PATCH G/{id}` */
  const edit: RequestHandler = async (req, res) => {
    const agentId = agentIdOf(req);
    send(res, await editAgent(dependencies, actorOf(req), agentId, validate(editAgentSchema, req.body, 'body')));
  };

  /** `DELETE G/{id}` */
  const remove: RequestHandler = async (req, res) => {
    await editAgent(dependencies, actorOf(req), agentIdOf(req), { status: 'deleted' });
    res.set('Cache-Control', 'no-store').status(204).end();
  };

  /** `GET G/{id}/config` */
  const config: RequestHandler = (req, res) => sendConfig(req, res, agentIdOf(req));

  /** `PUT G/{id}/config` */
  const putConfig: RequestHandler = async (req, res) => {
    const agentId = agentIdOf(req);
    const expectedVersion = expectedVersionOf(req);
    const overrides = validate(putConfigSchema, req.body, 'body');
    await putAgentConfig(dependencies, actorOf(req), { agentId, expectedVersion, overrides });
    await sendConfig(req, res, agentId);
  };

  /** `GET G/{id}/config/versions` */
  const versions: RequestHandler = async (req, res) => {
    const { before } = validate(versionsQuerySchema, req.query, 'query');
    send(res, await listConfigVersions(dependencies, actorOf(req).accountId, agentIdOf(req), before ?? null));
  };

  /** `GET G/{id}/config/versions/{version}` */
  const version: RequestHandler = async (req, res) => {
    const { agent_id: agentId, version: number } = validate(versionPathSchema, req.params, 'path');
    send(res, await getConfigVersion(dependencies, actorOf(req).accountId, agentId, number));
  };

  /** `POST G/{id}/config/revert` */
  const revert: RequestHandler = async (req, res) => {
    const agentId = agentIdOf(req);
    const expectedVersion = expectedVersionOf(req);
    const { version: revertedTo } = validate(revertSchema, req.body, 'body');
    const actor = actorOf(req);
    const { overrides } = await getConfigVersion(dependencies, actor.accountId, agentId, revertedTo);
    await putAgentConfig(dependencies, actor, { agentId, expectedVersion, overrides, revertedTo });
    await sendConfig(req, res, agentId);
  };

  return { list, create, get, edit, remove, config, putConfig, versions, version, revert };

  async function sendConfig(req: Request, res: Response, agentId: string): Promise<void> {
    const reply = await getAgentConfig(dependencies, actorOf(req).accountId, agentId);
    send(res.set('ETag', `"${reply.version}"`), reply);
  }
}

function send(res: Response, body: object): void {
  res.set('Cache-Control', 'no-store').json(body);
}

function agentIdOf(req: Request): string {
  return validate(agentIdPathSchema, req.params, 'path').agent_id;
}

function expectedVersionOf(req: Request): number | null {
  const { 'If-Match': ifMatch } = validate(ifMatchSchema, { 'If-Match': req.get('If-Match') }, 'header');
  return ifMatch === '*' ? null : Number(ifMatch.slice(1, -1));
}
