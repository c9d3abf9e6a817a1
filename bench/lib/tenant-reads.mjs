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

const MONTH = `
  SELECT agent_instance_slug, count(*), sum(prompt_tokens), sum(completion_tokens), sum(total_cost)
  FROM llm_requests WHERE account_id = $1 AND created_at >= now() - interval '30 days' AND created_at < now()
  GROUP BY agent_instance_slug`;

/** @type {Read & { plan: (client: import('pg').Client, session: Session) => Promise<string[]> }} */
export const billOfOurs = {
  read: (client, { accountId }) =>
    asApplication(client, accountId, async () => (await client.query(MONTH, [accountId])).rows.length),
  plan: (client, { accountId }) =>
    asApplication(client, accountId, async () => {
      const { rows } = await client.query(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${MONTH}`, [
        accountId,
      ]);
      return rows.map((row) => row['QUERY PLAN']);
    }),
};

/** @type {Read} */
export const billByHand = {
  read: async (client, { accountId }) => (await client.query(MONTH, [accountId])).rows.length,
};

/**
 * @template T
 * @param {import('pg').Client} client
 * @param {string} accountId
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function asApplication(client, accountId, work) {
  await client.query('BEGIN');
  await client.query(`SELECT set_config('role', 'salient_app', true), set_config('app.account_id', $1, true)`, [
    accountId,
  ]);
  const result = await work();
  await client.query('COMMIT');
  return result;
}
