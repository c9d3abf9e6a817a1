import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runSql } from './start-databases.mjs';
import { agentConfig, writeAgent } from './write-salient-settings.mjs';

export const TENANTS = { accounts: 1_000, agents: 5, sessions: 10, turns: 10 };
export const MESSAGES = TENANTS.accounts * TENANTS.agents * TENANTS.sessions * TENANTS.turns * 2;

/**
 * Fills a migrated database: accounts `tenant-1`... with agents `agent-1`..., each with sessions of some turns, and every
 * turn with its ledger row, spread over the last 60 days. Answers have the length of a paragraph.
 *
 * @param {string} databaseUrl
 */
export async function fillTenants(databaseUrl) {
  const { accounts, agents, sessions, turns } = TENANTS;
  // As the superuser, whom row-level security does not hold.
  const statements = [
    `INSERT INTO accounts (slug, name, subscription_tier)
     SELECT 'tenant-' || n, 'Tenant ' || n, 'enterprise' FROM generate_series(1, ${accounts}) AS n`,
    `INSERT INTO agent_instances (account_id, instance_slug, agent_type, display_name)
     SELECT accounts.id, 'agent-' || n, 'simple_chat', 'Agent ' || n
     FROM accounts, generate_series(1, ${agents}) AS n WHERE slug LIKE 'tenant-%'`,
    `INSERT INTO sessions (account_id, account_slug, agent_instance_id, session_key)
     SELECT account_id, accounts.slug, agent_instances.id, 'visitor-' || n
     FROM agent_instances JOIN accounts ON accounts.id = account_id, generate_series(1, ${sessions}) AS n
     WHERE accounts.slug LIKE 'tenant-%'`,
    `CREATE TABLE bench_turns AS
     SELECT sessions.id AS session_id, sessions.account_id, sessions.account_slug, sessions.agent_instance_id, agent_instances.instance_slug,
       n, gen_random_uuid() AS turn_id, gen_random_uuid() AS request_id,
       now() - make_interval(secs => random() * 60 * 86400) AS at
     FROM sessions JOIN agent_instances ON agent_instances.id = sessions.agent_instance_id, generate_series(1, ${turns}) AS n
     WHERE sessions.account_slug LIKE 'tenant-%'
     ORDER BY at`,
    `INSERT INTO llm_requests (id, account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
       completion_status, provider, model_requested, prompt_tokens, completion_tokens, total_tokens, prompt_cost, completion_cost,
       total_cost, cost_source, usage_source, latency_ms, created_at)
     SELECT request_id, account_id, account_slug, agent_instance_id, instance_slug, 'simple_chat', session_id, turn_id,
       'complete', 'openrouter', 'vendor/model', 400, 120, 520, 0.0004, 0.0003, 0.0007, 'price_table', 'provider', 900, at
     FROM bench_turns ORDER BY at`,
    `INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, llm_request_id, role, content, created_at)
     SELECT account_id, session_id, agent_instance_id, turn_id, request_id, role,
       CASE role WHEN 'user' THEN 'What is your return policy?' ELSE repeat('You may return what you bought within thirty days. ', 8) END, at
     FROM bench_turns, (VALUES ('user'), ('assistant')) AS said(role) ORDER BY at, role DESC`,
    'DROP TABLE bench_turns',
    'VACUUM ANALYZE',
  ];
  for (const statement of statements) await runSql(databaseUrl, statement);
}

/**
 * A folder for every agent that `fillTenants` makes.
 *
 * @param {string} configsDirectory
 * @param {string} upstreamUrl
 */
export async function writeTenantFolders(configsDirectory, upstreamUrl) {
  const config = agentConfig(upstreamUrl, 'instant', false);
  for (let account = 1; account <= TENANTS.accounts; account += 1) {
    const folder = join(configsDirectory, `tenant-${account}`);
    await mkdir(folder);
    await Promise.all(
      Array.from({ length: TENANTS.agents }, (_, index) => writeAgent(join(folder, `agent-${index + 1}`), config)),
    );
  }
}
