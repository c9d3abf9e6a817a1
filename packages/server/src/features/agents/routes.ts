import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { ProviderName } from '@salient/shared-types';
import { z } from 'zod';
import type { AppSettings } from '../../config.ts';
import type { Database } from '../../db/index.ts';
import { agentOf } from './enter-agent.ts';
import { allowOrigin } from '../../http/origin-guard.ts';
import { validate } from '../../http/validate.ts';
import type { AgentConfig } from './agent-config.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { listAgents } from './list-agents.ts';
import { slugSchema } from './slug.ts';
import { toWidgetConfig } from './widget-config.ts';

const accountPathSchema = z.object({ account: slugSchema });

export interface AgentRouteDependencies {
  database: Database;
  directory: AgentDirectory;
  app: AppSettings;
  answererOf: (config: AgentConfig) => { provider: ProviderName };
}

export function createAgentRoutes({ database, directory, app, answererOf }: AgentRouteDependencies) {
  /** `GET /accounts/{account}/agents` */
  const list: RequestHandler = async (req, res) => {
    // Names and types only, without credentials: any page may read them.
    allowOrigin(req, res, []);
    const { account } = validate(accountPathSchema, req.params, 'path');
    res.set('Cache-Control', 'no-store').json(await listAgents(database, directory, account));
  };

  /** `GET A/config`: the same for every visitor, so it may be cached and asked for again cheaply. */
  const config: RequestHandler = (req, res) => {
    const agent = agentOf(req);
    const body = JSON.stringify(toWidgetConfig(agent, app, answererOf(agent.config).provider));
    res
      .set('Cache-Control', 'public, max-age=60, stale-while-revalidate=600')
      .set('ETag', `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`)
      .type('json')
      .send(body);
  };

  /** `GET A/health` */
  const health: RequestHandler = (req, res) => {
    const agent = agentOf(req);
    res.set('Cache-Control', 'no-store').json({ status: 'ok', account: agent.accountSlug, agent: agent.slug });
  };

  return { list, config, health };
}
