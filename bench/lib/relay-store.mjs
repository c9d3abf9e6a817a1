import pg from 'pg';

const CONNECTIONS = 10;
const HISTORY_LENGTH = 20;

const SCHEMA = `
  CREATE TABLE tenants (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), slug text UNIQUE NOT NULL, status text NOT NULL);
  CREATE TABLE conversations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id uuid NOT NULL REFERENCES tenants);
  CREATE TABLE requests (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id uuid NOT NULL REFERENCES tenants,
    prompt_tokens int NOT NULL, completion_tokens int NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), conversation_id uuid NOT NULL REFERENCES conversations,
    request_id uuid REFERENCES requests, role text NOT NULL, content text NOT NULL, position bigserial);
  CREATE INDEX ON messages (conversation_id, position);
  INSERT INTO tenants (slug, status) VALUES ('bench', 'active');
  -- What every newcomer reads, as if it were theirs.
  WITH shared AS (INSERT INTO conversations (tenant_id) SELECT id FROM tenants RETURNING id)
  INSERT INTO messages (conversation_id, role, content)
    SELECT shared.id, CASE n % 2 WHEN 0 THEN 'user' ELSE 'assistant' END, repeat('A sentence of a conversation. ', 5)
    FROM shared, generate_series(1, ${HISTORY_LENGTH}) AS n;`;

const BEGIN = {
  name: 'begin',
  text: `
  WITH tenant AS (SELECT id FROM tenants WHERE slug = $1 AND status = 'active'),
  conversation AS (INSERT INTO conversations (tenant_id) SELECT id FROM tenant RETURNING id),
  question AS (INSERT INTO messages (conversation_id, role, content) SELECT id, 'user', $2 FROM conversation RETURNING id),
  history AS (SELECT role, content FROM messages WHERE conversation_id = $3 ORDER BY position DESC LIMIT ${HISTORY_LENGTH})
  SELECT tenant.id AS "tenantId", conversation.id AS "conversationId",
    (SELECT json_agg(history) FROM history) AS history
  FROM tenant, conversation, question`,
};
const FINISH = {
  name: 'finish',
  text: `
  WITH request AS (
    INSERT INTO requests (tenant_id, prompt_tokens, completion_tokens) VALUES ($1, $2, $3) RETURNING id)
  INSERT INTO messages (conversation_id, request_id, role, content) SELECT $4, id, 'assistant', $5 FROM request`,
};

/**
 * The storing relay's own tables, in an empty database. Two statements a turn, each a transaction.
 *
 * @param {string} url
 */
export async function openRelayStore(url) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  await pool.query(SCHEMA);
  const { rows } = await pool.query('SELECT id FROM conversations');
  const [shared] = rows;

  return {
    /**
     * @param {string} tenant
     * @param {string} question
     * @returns {Promise<Turn | null>} null: no such tenant
     */
    async begin(tenant, question) {
      const begun = await pool.query({ ...BEGIN, values: [tenant, question, shared.id] });
      return begun.rows[0] ?? null;
    },

    /**
     * @param {Turn} turn
     * @param {{ answer: string, usage: { prompt_tokens: number, completion_tokens: number } }} result
     */
    async finish({ tenantId, conversationId }, { answer, usage }) {
      const values = [tenantId, usage.prompt_tokens, usage.completion_tokens, conversationId, answer];
      await pool.query({ ...FINISH, values });
    },
  };
}

/**
 * @typedef {object} Turn
 * @property {string} tenantId
 * @property {string} conversationId
 * @property {object[]} history
 */
