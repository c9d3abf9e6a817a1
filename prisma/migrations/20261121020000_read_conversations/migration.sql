-- What every visit reads, each in one round trip: as the application role, in one account. Text leaves as JSON, where a
-- leading byte order mark survives every driver.

CREATE FUNCTION "message_json"(p_message messages) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'content', p_message.content,
    'status', p_message.status,
    'created_at', to_char(p_message.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'metadata', p_message.metadata - 'call')
$$;

-- A page of the visitor's open conversation, oldest first, and whether an answer is under way:
--   {session_id, messages, active_turn_id, has_more}, or null where there is no conversation.
CREATE FUNCTION "read_history"(
  p_account_id uuid, p_agent_instance_id uuid, p_session_key text, p_limit integer, p_before uuid
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_session_id uuid;
  v_page jsonb;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT id INTO v_session_id FROM sessions
    WHERE account_id = p_account_id AND agent_instance_id = p_agent_instance_id
      AND session_key = p_session_key AND ended_at IS NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  -- One more than asked for tells whether there is a page before this one.
  SELECT jsonb_build_object(
      'has_more', count(*) > p_limit,
      'messages', coalesce(jsonb_agg(page.message ORDER BY page.position) FILTER (WHERE page.place <= p_limit), '[]'))
    INTO v_page
    FROM (
      SELECT message_json(messages) AS message, position, row_number() OVER (ORDER BY position DESC) AS place
        FROM messages
        WHERE account_id = p_account_id AND session_id = v_session_id AND replaced_at IS NULL AND status <> 'pending'
          AND (p_before IS NULL OR position < (
            SELECT position FROM messages WHERE account_id = p_account_id AND session_id = v_session_id AND id = p_before))
        ORDER BY position DESC LIMIT p_limit + 1
    ) AS page;
  RETURN v_page || jsonb_build_object(
    'session_id', v_session_id,
    'active_turn_id', (SELECT turn_id FROM messages WHERE session_id = v_session_id AND status = 'pending'));
END $$;

-- One turn of the visitor's own, with the request that paid for it; null for any other. Money as text: JSON numbers
-- are read as binary fractions.
CREATE FUNCTION "read_turn"(
  p_account_id uuid, p_agent_instance_id uuid, p_session_key text, p_turn_id uuid
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_turn jsonb;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT jsonb_build_object(
      'session_id', answer.session_id,
      'question', message_json(question),
      'answer', message_json(answer),
      'usage', CASE WHEN request.id IS NULL THEN NULL ELSE jsonb_build_object(
        'provider', request.provider,
        'model', coalesce(request.model_answered, request.model_requested),
        'prompt_tokens', request.prompt_tokens,
        'completion_tokens', request.completion_tokens,
        'total_tokens', request.total_tokens,
        'prompt_cost', request.prompt_cost::text,
        'completion_cost', request.completion_cost::text,
        'total_cost', request.total_cost::text,
        'cost_source', request.cost_source,
        'usage_source', request.usage_source,
        'latency_ms', request.latency_ms,
        'time_to_first_token_ms', request.time_to_first_token_ms) END)
    INTO v_turn
    FROM messages AS answer
    JOIN messages AS question ON question.account_id = p_account_id AND question.turn_id = p_turn_id AND question.role = 'user'
    JOIN sessions ON sessions.account_id = p_account_id AND sessions.id = answer.session_id
    LEFT JOIN llm_requests AS request ON request.account_id = p_account_id AND request.id = answer.llm_request_id
    WHERE answer.account_id = p_account_id AND answer.turn_id = p_turn_id AND answer.role = 'assistant'
      AND answer.agent_instance_id = p_agent_instance_id AND sessions.session_key = p_session_key;
  RETURN v_turn;
END $$;
