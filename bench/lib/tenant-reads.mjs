/**
 * Whose rows are read.
 *
 * @typedef {object} Session
 * @property {string} accountId
 * @property {string} accountSlug
 * @property {string} agentId
 * @property {string} agentSlug
 * @property {string} sessionKey
 */

/**
 * @typedef {object} Read
 * @property {(client: import('pg').Client, session: Session) => Promise<number>} read gives the number of rows
 */

const PAGE = 50;

/** @type {Read} */
export const historyOfOurs = {
  async read(client, { accountId, agentId, sessionKey }) {
    const { rows } = await client.query(
      'SELECT read_history($1::uuid, $2::uuid, $3, $4::integer, NULL::uuid) AS history',
      [accountId, agentId, sessionKey, PAGE],
    );
    return rows[0].history.messages.length;
  },
};

/** @type {Read} */
export const historyByHand = {
  async read(client, { accountId, agentId, sessionKey }) {
    const { rows } = await client.query(
      `SELECT messages.id, role, content, messages.status, messages.created_at, messages.metadata, feedback, session_id,
         (SELECT turn_id FROM messages AS pending WHERE pending.session_id = sessions.id AND status = 'pending') AS active_turn
       FROM sessions JOIN messages ON messages.account_id = sessions.account_id AND messages.session_id = sessions.id
       WHERE sessions.account_id = $1 AND sessions.agent_instance_id = $2 AND session_key = $3 AND ended_at IS NULL
         AND replaced_at IS NULL AND messages.status <> 'pending'
       ORDER BY position DESC LIMIT $4`,
      [accountId, agentId, sessionKey, PAGE + 1],
    );
    return rows.length;
  },
};

/** @type {Read} */
export const lookUpByHand = {
  async read(client, { accountSlug, agentSlug }) {
    const { rows } = await client.query(
      `SELECT agent_instances.* FROM accounts JOIN agent_instances ON agent_instances.account_id = accounts.id
       WHERE accounts.slug = $1 AND instance_slug = $2`,
      [accountSlug, agentSlug],
    );
    return rows.length;
  },
};

/** As `GET /accounts/{account}/admin/usage` asks. */
const BILL = `SELECT summarize_usage($1::uuid, current_date - 29, current_date, 'agent') AS sums`;

/** @type {Read & { plan: (client: import('pg').Client, session: Session) => Promise<string[]> }} */
export const billOfOurs = {
  async read(client, { accountId }) {
    const { rows } = await client.query(BILL, [accountId]);
    return rows[0].sums.length;
  },
  /** Of the statement inside the function, which only a module of the server's own shows. */
  async plan(client, { accountId }) {
    /** @type {string[]} */
    const plans = [];
    client.on('notice', ({ message }) => plans.push(message ?? ''));
    await client.query(`
      LOAD 'auto_explain';
      SET auto_explain.log_min_duration = 0;
      SET auto_explain.log_nested_statements = on;
      SET auto_explain.log_analyze = on;
      SET auto_explain.log_timing = off;
      SET client_min_messages = log`);
    await client.query(BILL, [accountId]);
    await client.query('RESET client_min_messages; RESET auto_explain.log_min_duration');
    const plan = plans.find((message) => message.includes('on llm_requests'));
    if (plan === undefined) throw new Error('the plan of the bill was not shown');
    return plan.slice(plan.search(/^\S.*\(cost=/m)).split('\n');
  },
};

/** @type {Read} */
export const billByHand = {
  async read(client, { accountId }) {
    const { rows } = await client.query(
      `SELECT agent_instance_slug, sum(entry), sum(prompt_tokens), sum(completion_tokens), sum(total_tokens), sum(total_cost),
         sum(entry) FILTER (WHERE total_cost IS NULL), sum(entry) FILTER (WHERE usage_source = 'estimated')
       FROM llm_requests
       WHERE account_id = $1 AND created_at >= (current_date - 29)::timestamp AT TIME ZONE 'UTC'
         AND created_at < (current_date + 1)::timestamp AT TIME ZONE 'UTC'
       GROUP BY GROUPING SETS ((agent_instance_slug), ())`,
      [accountId],
    );
    return rows.length;
  },
};
