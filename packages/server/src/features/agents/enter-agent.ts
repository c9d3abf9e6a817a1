import type { Request, RequestHandler, Response } from 'express';
import { allowOrigin } from '../../http/origin-guard.ts';
import { contextOf } from '../../http/request-context.ts';
import { validate } from '../../http/validate.ts';
import { agentNotFound } from './agent-errors.ts';
import type { AgentDirectory } from './agent-directory.ts';
import type { Agent } from './load-agent.ts';
import { agentPathSchema, slugSchema } from './slug.ts';

export interface AgentAddress {
  account: string;
  agent: string;
  /** Only in the older address forms: must be the agent's own. */
  agent_type?: string | undefined;
}

const addressSchema = agentPathSchema.extend({ agent_type: slugSchema.optional() });

const entered = new WeakMap<Request, Agent>();

/** Finds the agent that a request is about, and lets its pages in. Everything after it stays inside that agent's account. */
export type EnterAgent = (req: Request, res: Response, address: unknown) => Promise<Agent>;

export function createEnterAgent(directory: AgentDirectory): EnterAgent {
  return async (req, res, address) => {
    let agent: Agent;
    try {
      agent = await findAgent(validate(addressSchema, address, 'path'));
    } catch (error) {
      // A page may read why it failed: there is no agent whose list could forbid it.
      allowOrigin(req, res, []);
      throw error;
    }
    entered.set(req, agent);
    contextOf(req).agent = { account: agent.accountSlug, agent: agent.slug };
    allowOrigin(req, res, agent.config.allowedOrigins);
    return agent;
  };

  async function findAgent(address: AgentAddress): Promise<Agent> {
    const agent =
      directory.peek(address.account, address.agent) ?? (await directory.get(address.account, address.agent));
    if (address.agent_type !== undefined && address.agent_type !== agent.config.agentType) {
      throw agentNotFound();
    }
    return agent;
  }
}

/** For routes whose path names the agent. */
export function agentFromPath(enterAgent: EnterAgent): RequestHandler {
  return async (req, res, next) => {
    await enterAgent(req, res, req.params);
    next();
  };
}

/** The agent of a route behind `agentFromPath`. */
export function agentOf(req: Request): Agent {
  const agent = entered.get(req);
  if (!agent) throw new Error('route without an agent');
  return agent;
}
