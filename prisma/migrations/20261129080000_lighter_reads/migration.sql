-- Reads leave as json, which is written once; jsonb is built first and written after that.

DROP FUNCTION "message_json"(messages);
CREATE FUNCTION "message_json"(p_message messages) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p_message.feedback IS NULL THEN json_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'content', p_message.content,
    'status', p_message.status,
    'created_at', to_char(p_message.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'metadata', p_message.metadata - 'call')
  ELSE json_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'content', p_message.content,
    'status', p_message.status,
    'created_at', to_char(p_message.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'metadata', p_message.metadata - 'call',
    'feedback', p_message.feedback) END
$$;

-- A page of any session of the account, also an ended one, oldest first, and whether an answer is under way:
--   {session_id, messages, active_turn_id, has_more}, or null where there is no such session.
DROP FUNCTION "read_session"(uuid, uuid, integer, uuid);
CREATE FUNCTION "read_session"(p_account_id uuid, p_session_id uuid, p_limit integer, p_before uuid)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  -- Past every message, so that both kinds of page have one plan.
  v_end bigint := 9223372036854775807;
  v_page json;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  PERFORM FROM sessions WHERE account_id = p_account_id AND id = p_session_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p_before IS NOT NULL THEN
    SELECT position INTO v_end FROM messages
      WHERE account_id = p_account_id AND session_id = p_session_id AND id = p_before;
  END IF;
  -- One more than asked for tells whether there is a page before this one.
  SELECT json_build_object(
      'session_id', p_session_id,
      'active_turn_id', (SELECT turn_id FROM messages
        WHERE account_id = p_account_id AND session_id = p_session_id AND status = 'pending'),
      'has_more', count(*) > p_limit,
      'messages', coalesce(json_agg(message_json(page.message) ORDER BY page.position) FILTER (WHERE page.place <= p_limit), '[]'))
    INTO v_page
    FROM (
      SELECT messages AS message, position, row_number() OVER (ORDER BY position DESC) AS place
        FROM messages
        WHERE account_id = p_account_id AND session_id = p_session_id AND replaced_at IS NULL AND status <> 'pending'
          AND position < v_end
        ORDER BY position DESC LIMIT p_limit + 1
    ) AS page;
  RETURN v_page;
END $$;

-- The same of the visitor's open conversation.
DROP FUNCTION "read_history"(uuid, uuid, text, integer, uuid);
CREATE FUNCTION "read_history"(
  p_account_id uuid, p_agent_instance_id uuid, p_session_key text, p_limit integer, p_before uuid
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_session_id uuid;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT id INTO v_session_id FROM sessions
    WHERE account_id = p_account_id AND agent_instance_id = p_agent_instance_id
      AND session_key = p_session_key AND ended_at IS NULL;
  RETURN CASE WHEN v_session_id IS NULL THEN NULL
    ELSE read_session(p_account_id, v_session_id, p_limit, p_before) END;
END $$;

-- The exact sums of an account's ledger rows of some days (UTC, both included), by `agent`, `day` or `model`, with the sum of
-- all of them last: [{name, is_total, requests, ...}]. Money as text: JSON numbers are read as binary fractions.
CREATE FUNCTION "summarize_usage"(p_account_id uuid, p_from date, p_to date, p_group_by text)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_sums json;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT json_agg(sums ORDER BY sums.is_total, sums.name) INTO v_sums
    FROM (
      SELECT coalesce(request.name, '') AS name,
          grouping(request.name) = 1 AS is_total,
          coalesce(sum(request.entry), 0) AS requests,
          coalesce(sum(request.prompt_tokens), 0) AS prompt_tokens,
          coalesce(sum(request.completion_tokens), 0) AS completion_tokens,
          coalesce(sum(request.total_tokens), 0) AS total_tokens,
          coalesce(sum(request.total_cost), 0.00000000)::text AS total_cost,
          coalesce(sum(request.entry) FILTER (WHERE request.total_cost IS NULL), 0) AS unpriced_requests,
          coalesce(sum(request.entry) FILTER (WHERE request.usage_source = 'estimated'), 0) AS estimated_requests
        FROM (
          SELECT CASE p_group_by
                WHEN 'agent' THEN agent_instance_slug
                WHEN 'day' THEN to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
                WHEN 'model' THEN concat(provider, ' ', coalesce(model_answered, model_requested))
              END AS name,
              entry, prompt_tokens, completion_tokens, total_tokens, total_cost, usage_source
            FROM llm_requests
            WHERE account_id = p_account_id
              AND created_at >= p_from::timestamp AT TIME ZONE 'UTC'
              AND created_at < (p_to + 1)::timestamp AT TIME ZONE 'UTC'
        ) AS request
        GROUP BY GROUPING SETS ((request.name), ())
    ) AS sums;
  RETURN v_sums;
END $$;
