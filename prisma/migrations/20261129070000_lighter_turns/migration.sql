-- The same answers as before, with less work: what a turn counts in is found by its key, however many visitors an account
-- has, and what everybody of an account waits for is held for as short as it can be.

-- Nothing refers to it.
DROP INDEX "budget_counters_account_id_id_key";

-- As before. A visitor's counter begins with its first reservation; the others are opened by `open_budgets`.
CREATE OR REPLACE FUNCTION "reserve_budget"(p_account_id uuid, p_request_id uuid, p_turn_id uuid, p_agent_instance_id uuid,
  p_visitor text, p_budget jsonb, p_history_tokens integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_day date := budget_today();
  v_prompt_tokens integer := least((p_budget ->> 'max_prompt_tokens')::integer, (p_budget ->> 'prompt_tokens')::integer + p_history_tokens);
  v_completion_tokens integer := (p_budget ->> 'completion_tokens')::integer;
  v_first numeric := reserved_for_call(p_budget #> '{choices,0}', v_prompt_tokens, v_completion_tokens);
  v_cheaper numeric := reserved_for_call(p_budget #> '{choices,1}', v_prompt_tokens, v_completion_tokens);
  v_state record;
  v_choice integer;
  v_amount numeric;
  v_visitor_counter_id uuid;
BEGIN
  IF v_first = 0 THEN
    RETURN jsonb_build_object('choice', 0, 'prompt_tokens', v_prompt_tokens);
  END IF;

  -- Whoever waits longer is told that the store is away, and asks no model.
  PERFORM set_config('lock_timeout', '5s', true);
  PERFORM lock_budgets(p_account_id, v_day);
  -- Repeated, because its answer was lost on the way.
  IF EXISTS (SELECT FROM budget_reservations WHERE account_id = p_account_id AND request_id = p_request_id) THEN
    RETURN jsonb_build_object('choice', 0, 'prompt_tokens', v_prompt_tokens);
  END IF;

  LOOP
    SELECT array_agg(counter.id) FILTER (WHERE counter.id IS NOT NULL) AS ids,
        (array_agg(counter.id) FILTER (WHERE budget.scope = 'visitor'))[1] AS visitor_id,
        max(budget.limit_usd) FILTER (WHERE budget.scope = 'visitor') AS visitor_limit,
        bool_or(counter.id IS NULL AND budget.scope <> 'visitor') AS is_missing,
        coalesce(bool_or(counter.limit_usd IS DISTINCT FROM budget.limit_usd) FILTER (WHERE counter.id IS NOT NULL), false) AS is_changed,
        coalesce(bool_or(counter.spent_usd >= 0.8 * budget.limit_usd), false) AS is_low,
        min(budget.limit_usd - coalesce(counter.spent_usd + counter.reserved_usd, 0)) AS room,
        (array_agg(budget.scope || '/' || budget.period
          ORDER BY budget.limit_usd - coalesce(counter.spent_usd + counter.reserved_usd, 0)))[1] AS tightest
      INTO v_state
      FROM budgets_of_call(p_account_id, p_agent_instance_id, p_visitor, v_day, p_budget -> 'limits') AS budget
      -- One by one, by key: joined, a plan may read the counters of all visitors.
      LEFT JOIN LATERAL (
        SELECT * FROM budget_counters
          WHERE account_id = p_account_id AND starts_on = budget.starts_on AND scope = budget.scope
            AND subject = budget.subject AND period = budget.period LIMIT 1
      ) AS counter ON true;
    EXIT WHEN NOT v_state.is_missing;
    PERFORM open_budgets(p_account_id, jsonb_agg(to_jsonb(budget)))
      FROM budgets_of_call(p_account_id, p_agent_instance_id, p_visitor, v_day, p_budget -> 'limits') AS budget
      WHERE budget.scope <> 'visitor';
  END LOOP;
  IF v_state.is_changed THEN
    UPDATE budget_counters AS counter SET limit_usd = budget.limit_usd
      FROM budgets_of_call(p_account_id, p_agent_instance_id, p_visitor, v_day, p_budget -> 'limits') AS budget
      WHERE counter.account_id = p_account_id AND counter.id = ANY (v_state.ids) AND counter.scope = budget.scope
        AND counter.period = budget.period;
  END IF;

  v_choice := CASE
    WHEN v_cheaper <= v_first AND v_state.is_low AND v_cheaper <= coalesce(v_state.room, v_cheaper) THEN 1
    WHEN v_first <= coalesce(v_state.room, v_first) THEN 0
    WHEN v_cheaper <= coalesce(v_state.room, v_cheaper) THEN 1
    END;
  IF v_choice IS NULL THEN
    PERFORM note_budget(p_account_id, 'budget_reached', counter)
      FROM budget_counters AS counter
      WHERE counter.account_id = p_account_id AND counter.id = ANY (v_state.ids)
        AND counter.limit_usd - counter.spent_usd - counter.reserved_usd < least(v_first, v_cheaper);
    RETURN jsonb_build_object('scope', split_part(v_state.tightest, '/', 1), 'period', split_part(v_state.tightest, '/', 2));
  END IF;

  v_amount := CASE v_choice WHEN 0 THEN v_first ELSE v_cheaper END;
  IF v_amount > 0 THEN
    UPDATE budget_counters SET reserved_usd = reserved_usd + v_amount
      WHERE account_id = p_account_id AND id = ANY (v_state.ids);
    v_visitor_counter_id := v_state.visitor_id;
    IF v_visitor_counter_id IS NULL AND v_state.visitor_limit IS NOT NULL THEN
      INSERT INTO budget_counters (account_id, scope, subject, period, starts_on, limit_usd, reserved_usd)
        VALUES (p_account_id, 'visitor', p_visitor, 'day', v_day, v_state.visitor_limit, v_amount)
        RETURNING id INTO v_visitor_counter_id;
      v_state.ids := v_state.ids || v_visitor_counter_id;
    END IF;
    INSERT INTO budget_reservations (request_id, account_id, turn_id, amount_usd, day, counter_ids, visitor_counter_id)
      VALUES (p_request_id, p_account_id, p_turn_id, v_amount, v_day, v_state.ids, v_visitor_counter_id);
  END IF;
  RETURN jsonb_build_object('choice', v_choice, 'prompt_tokens', v_prompt_tokens);
END $$;

-- US dollars that a call of this model costs at most, rounded up to what a budget counts in. Null where there is no model.
CREATE FUNCTION "reserved_for_call"(p_choice jsonb, p_prompt_tokens integer, p_completion_tokens integer) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT ceil(p_prompt_tokens * (p_choice ->> 'prompt_usd')::numeric * 100
    + p_completion_tokens * (p_choice ->> 'completion_usd')::numeric * 100) / 100000000
$$;

-- As before, and: the reservation is taken out before the lock of the budgets, which is held only while they are charged.
CREATE OR REPLACE FUNCTION "record_llm_request"(p_account_id uuid, p_request jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid := (p_request ->> 'id')::uuid;
  v_reservation budget_reservations%ROWTYPE;
  v_day date;
  v_charge numeric;
  v_counts boolean;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  DELETE FROM budget_reservations WHERE account_id = p_account_id AND request_id = v_id RETURNING * INTO v_reservation;
  v_day := coalesce(v_reservation.day, budget_today());
  v_charge := coalesce((p_request ->> 'budget_usd')::numeric, (p_request ->> 'total_cost')::numeric, v_reservation.amount_usd, 0);
  v_counts := v_charge <> 0 OR v_reservation.request_id IS NOT NULL;
  -- Opened now if at all: a counter begins with the sum of the ledger, which is to be without this call.
  IF v_counts AND NOT EXISTS (
    SELECT FROM budget_counters WHERE account_id = p_account_id AND subject = ''
      AND starts_on = date_trunc('month', v_day)::date AND scope = 'account' AND period = 'month'
  ) THEN
    PERFORM lock_budgets(p_account_id, v_day);
  END IF;

  INSERT INTO llm_requests (id, account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered, request_body, response_body,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_unit_cost, completion_unit_cost, prompt_cost, completion_cost, total_cost,
      cost_source, usage_source, latency_ms, time_to_first_token_ms, price_version, message_id, budget_usd, budget_day, budget_visitor_id)
    SELECT id, p_account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered, request_body, response_body,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_unit_cost, completion_unit_cost, prompt_cost, completion_cost, total_cost,
      cost_source, usage_source, latency_ms, time_to_first_token_ms, price_version,
      (SELECT id FROM messages
        WHERE account_id = p_account_id AND turn_id = (p_request ->> 'turn_id')::uuid AND role = 'assistant'),
      v_charge, v_day, v_reservation.visitor_counter_id
    FROM jsonb_populate_record(NULL::llm_requests, p_request)
    ON CONFLICT DO NOTHING;
  -- Entered before: it was settled then, and nothing can be reserved under its id.
  IF NOT FOUND OR NOT v_counts THEN
    RETURN;
  END IF;
  PERFORM lock_budgets(p_account_id, v_day);
  PERFORM charge_budgets(p_account_id, (p_request ->> 'agent_instance_id')::uuid, v_day, v_charge, v_reservation);
END $$;

CREATE OR REPLACE FUNCTION "charge_budgets"(p_account_id uuid, p_agent_instance_id uuid, p_day date, p_charge numeric,
  p_reservation budget_reservations) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_month date := date_trunc('month', p_day)::date;
  v_agent text := p_agent_instance_id::text;
  v_ids uuid[];
  v_counter budget_counters%ROWTYPE;
BEGIN
  SELECT array_agg(counter.id) || p_reservation.visitor_counter_id INTO v_ids
    FROM (VALUES ('account', '', 'month', v_month), ('account', '', 'day', p_day), ('agent', v_agent, 'month', v_month),
      ('agent', v_agent, 'day', p_day)) AS charged(scope, subject, period, starts_on)
    CROSS JOIN LATERAL (
      SELECT id FROM budget_counters
        WHERE account_id = p_account_id AND starts_on = charged.starts_on AND scope = charged.scope
          AND subject = charged.subject AND period = charged.period LIMIT 1
    ) AS counter;
  FOR v_counter IN
    UPDATE budget_counters SET
        spent_usd = spent_usd + p_charge,
        reserved_usd = reserved_usd
          - CASE WHEN id = ANY (p_reservation.counter_ids) THEN p_reservation.amount_usd ELSE 0 END,
        warned_at = CASE WHEN spent_usd + p_charge >= 0.8 * limit_usd THEN coalesce(warned_at, v_now) ELSE warned_at END
      WHERE account_id = p_account_id AND id = ANY (v_ids)
      RETURNING *
  LOOP
    IF v_counter.warned_at = v_now THEN
      PERFORM note_budget(p_account_id, 'budget_low', v_counter);
    END IF;
  END LOOP;
END $$;

-- As before, but locks what it gives back before the budgets, as `record_llm_request` does.
CREATE OR REPLACE FUNCTION "release_reservations"(p_account_id uuid, p_turn_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_reservation budget_reservations%ROWTYPE;
BEGIN
  FOR v_reservation IN
    DELETE FROM budget_reservations WHERE account_id = p_account_id AND turn_id = p_turn_id RETURNING *
  LOOP
    PERFORM lock_budgets(p_account_id, v_reservation.day);
    UPDATE budget_counters SET reserved_usd = reserved_usd - v_reservation.amount_usd
      WHERE account_id = p_account_id AND id = ANY (v_reservation.counter_ids);
  END LOOP;
END $$;

-- As before.
CREATE OR REPLACE FUNCTION "enter_by_key"(
  p_account_id uuid, p_browser_hash text, p_key_hash text, p_issued_at timestamptz, p_remember boolean,
  p_overlap_seconds integer, p_absolute_seconds integer
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_browser browser_keys%ROWTYPE;
  v_key visitor_keys%ROWTYPE;
  v_visitor visitors%ROWTYPE;
  v_status text := 'ok';
  v_note_reuse boolean := false;
  v_is_new boolean := false;
  -- A variable: row-level security lets no expression with coalesce into an index, and all visitors would be read.
  v_session_key text;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT * INTO v_key FROM visitor_keys WHERE account_id = p_account_id AND key_hash = p_key_hash;
  SELECT * INTO v_browser FROM browser_keys WHERE browser_hash = p_browser_hash;
  IF NOT FOUND THEN
    IF p_remember THEN
      INSERT INTO browser_keys (browser_hash, newest_issued_at) VALUES (p_browser_hash, p_issued_at) ON CONFLICT DO NOTHING;
    END IF;
  ELSIF p_issued_at < v_browser.valid_from THEN
    v_status := CASE WHEN v_browser.exchanging_until > v_now THEN 'replaced' ELSE 'ended' END;
  ELSIF p_issued_at < v_browser.newest_issued_at AND coalesce(v_browser.older_until <= v_now, true) THEN
    v_status := 'ended';
  ELSIF v_browser.started_on + make_interval(secs => p_absolute_seconds) <= v_now THEN
    v_status := 'expired';
  ELSIF p_issued_at > v_browser.newest_issued_at THEN
    UPDATE browser_keys SET newest_issued_at = p_issued_at, older_until = end_of_overlap(p_overlap_seconds)
      WHERE browser_hash = p_browser_hash AND newest_issued_at < p_issued_at;
  END IF;
  IF v_status = 'ok' AND p_issued_at < v_key.valid_from THEN
    v_status := 'ended';
  END IF;

  IF v_status = 'ended' THEN
    UPDATE browser_keys SET reuse_noted_at = v_now
      WHERE browser_hash = p_browser_hash AND (reuse_noted_at IS NULL OR reuse_noted_at < v_now - interval '1 hour');
    v_note_reuse := FOUND;
  ELSIF v_status = 'ok' AND p_remember AND v_key.session_key IS NULL THEN
    INSERT INTO visitors (account_id, session_key) VALUES (p_account_id, p_key_hash) ON CONFLICT DO NOTHING;
    v_is_new := FOUND;
  END IF;
  v_session_key := coalesce(v_key.session_key, p_key_hash);
  SELECT * INTO v_visitor FROM visitors WHERE account_id = p_account_id AND session_key = v_session_key;
  RETURN jsonb_build_object('status', v_status, 'session_key', v_session_key,
    'visitor_id', v_visitor.id, 'external_id', v_visitor.external_id, 'user_id', v_visitor.user_id,
    'note_reuse', v_note_reuse, 'is_new', v_is_new);
END $$;

-- As before, but looks before it writes: most conversations begin with a visitor who has just been entered.
CREATE OR REPLACE FUNCTION "sessions_take_visitor"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_visitor visitors%ROWTYPE;
BEGIN
  LOOP
    SELECT * INTO v_visitor FROM visitors WHERE account_id = NEW.account_id AND session_key = NEW.session_key;
    EXIT WHEN FOUND;
    INSERT INTO visitors (account_id, session_key) VALUES (NEW.account_id, NEW.session_key) ON CONFLICT DO NOTHING
      RETURNING * INTO v_visitor;
    EXIT WHEN FOUND;
  END LOOP;
  IF v_visitor.external_id IS NOT NULL OR v_visitor.user_id IS NOT NULL THEN
    NEW.is_anonymous := false;
    NEW.email := coalesce(NEW.email, v_visitor.email);
    NEW.user_id := coalesce(NEW.user_id, v_visitor.user_id);
  END IF;
  RETURN NEW;
END $$;

-- Where claims, as `take_limits` takes them, stand now. Answers the same, takes nothing and waits for nobody.
CREATE FUNCTION "look_at_limits"(p_claims jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_looked jsonb;
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  SELECT jsonb_build_object('allowed', coalesce(bool_and(standing.full_in + standing."takesUs" <= standing."windowUs"), true),
      'fullInUs', coalesce(jsonb_object_agg(standing.key, standing.full_in), '{}'))
    INTO v_looked
    FROM (
      SELECT claim.*, greatest(coalesce(counted.full_at_us, 0) - clock_us(), 0) AS full_in
        FROM jsonb_to_recordset(p_claims) AS claim("key" text, "takesUs" bigint, "windowUs" bigint)
        LEFT JOIN LATERAL (SELECT full_at_us FROM rate_limits WHERE key = claim.key LIMIT 1) AS counted ON true
    ) AS standing;
  RETURN v_looked;
END $$;

-- Everything that a message needs before its model is asked, in one statement. Stores a question with its pending answer.
--   p_key      whose browser it is, where that is not known yet: as enter_by_key takes it
--   p_limits   limits to take, as take_limits takes them; null: they are counted elsewhere
--   p_call     the call to be made. With `budget`, as reserve_budget takes it; without, nothing is reserved.
--   p_search   what to look for, as search_knowledge takes it; null: nothing
-- Answers
--   entered    what enter_by_key said. Where the browser is not good, or not p_session_key's, everything else is null.
--   taken      what take_limits said. Where it refused, nothing was stored, and turn is null.
--   turn       {outcome: "created", session_id, turn_id, user_message_id, message_id, created_at, history, choice, prompt_tokens}
--                history: oldest first, without the new question; choice: of p_call.budget's; prompt_tokens: those reserved, or null
--              {outcome: "duplicate", session_id, turn_id, user_message_id, message_id}: the same message was sent before
--              {outcome: "mismatch"}: another message was sent under the same client_message_id
--              {outcome: "busy", turn_id}: an answer is under way
--              {outcome: "not_last"}: p_replaces is not the conversation's last question
--              {outcome: "over_budget", scope, period}
--              Only the first one stores anything, takes limits and reserves.
--   knowledge  what search_knowledge found for a turn that was created
-- Locks in this order, as everything does: conversation, answer, limits, reservations, budgets. What other visitors wait for comes
-- last.
CREATE FUNCTION "start_turn"(
  p_account_id uuid, p_account_slug text, p_agent_instance_id uuid, p_session_key text,
  p_content text, p_client_message_id text, p_request_hash text, p_replaces uuid,
  p_call jsonb, p_lease_owner uuid, p_lease_seconds integer, p_history_limit integer,
  p_search jsonb, p_limits jsonb, p_key jsonb,
  OUT entered jsonb, OUT taken jsonb, OUT turn jsonb, OUT knowledge jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  v_session_id uuid;
  v_turn_id uuid := gen_random_uuid();
  v_question messages%ROWTYPE;
  v_answer_id uuid;
  v_created_at timestamptz := clock_timestamp();
  v_replaced_turn_id uuid;
  v_history jsonb;
  v_history_tokens integer;
  v_history_tokens_at_most integer;
  v_reserved jsonb;
  v_call jsonb := p_call - 'budget';
BEGIN
  IF p_key IS NOT NULL THEN
    entered := enter_by_key(p_account_id, p_key ->> 'browserHash', p_key ->> 'keyHash', (p_key ->> 'issuedAt')::timestamptz,
      (p_key ->> 'remember')::boolean, (p_key ->> 'overlapSeconds')::integer, (p_key ->> 'absoluteSeconds')::integer);
    IF entered ->> 'status' <> 'ok' OR entered ->> 'session_key' <> p_session_key THEN
      RETURN;
    END IF;
  END IF;
  IF p_limits IS NOT NULL THEN
    taken := look_at_limits(p_limits);
    IF NOT (taken ->> 'allowed')::boolean THEN
      RETURN;
    END IF;
  END IF;
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);

  -- Taking the session's row lock puts the sends of one visitor in a line.
  LOOP
    UPDATE sessions SET last_activity_at = v_created_at
      WHERE account_id = p_account_id AND agent_instance_id = p_agent_instance_id
        AND session_key = p_session_key AND ended_at IS NULL
      RETURNING id INTO v_session_id;
    EXIT WHEN FOUND;
    INSERT INTO sessions (account_id, account_slug, agent_instance_id, session_key)
      VALUES (p_account_id, p_account_slug, p_agent_instance_id, p_session_key)
      ON CONFLICT DO NOTHING RETURNING id INTO v_session_id;
    EXIT WHEN FOUND;
  END LOOP;

  IF p_client_message_id IS NOT NULL THEN
    SELECT * INTO v_question FROM messages
      WHERE account_id = p_account_id AND session_id = v_session_id AND client_message_id = p_client_message_id;
    IF FOUND THEN
      IF v_question.request_hash IS DISTINCT FROM p_request_hash THEN
        turn := jsonb_build_object('outcome', 'mismatch');
        RETURN;
      END IF;
      SELECT id INTO v_answer_id FROM messages
        WHERE account_id = p_account_id AND turn_id = v_question.turn_id AND role = 'assistant';
      turn := jsonb_build_object('outcome', 'duplicate', 'session_id', v_session_id, 'turn_id', v_question.turn_id,
        'user_message_id', v_question.id, 'message_id', v_answer_id);
      RETURN;
    END IF;
  END IF;

  SELECT * INTO v_question FROM messages
    WHERE account_id = p_account_id AND session_id = v_session_id AND status = 'pending';
  IF FOUND THEN
    turn := jsonb_build_object('outcome', 'busy', 'turn_id', v_question.turn_id);
    RETURN;
  END IF;

  IF p_replaces IS NOT NULL THEN
    SELECT * INTO v_question FROM messages
      WHERE account_id = p_account_id AND session_id = v_session_id AND role = 'user' AND replaced_at IS NULL
      ORDER BY position DESC LIMIT 1;
    IF v_question.id IS DISTINCT FROM p_replaces THEN
      turn := jsonb_build_object('outcome', 'not_last');
      RETURN;
    END IF;
    v_replaced_turn_id := v_question.turn_id;
  END IF;

  -- Tokens: by bytes, a quarter of one for what most texts come to, a third of one for more than any text is counted as.
  SELECT coalesce(jsonb_agg(jsonb_build_object('role', recent.role, 'content', recent.content) ORDER BY recent.position), '[]'),
      coalesce(sum(octet_length(recent.content) / 4 + 4), 0), coalesce(sum(octet_length(recent.content) / 3 + 5), 0)
    INTO v_history, v_history_tokens, v_history_tokens_at_most
    FROM (
      SELECT role, content, position FROM messages
        WHERE account_id = p_account_id AND session_id = v_session_id AND replaced_at IS NULL AND content <> ''
          AND turn_id IS DISTINCT FROM v_replaced_turn_id
        ORDER BY position DESC LIMIT p_history_limit
    ) AS recent;
  v_call := v_call || jsonb_build_object('promptTokens', (p_call ->> 'promptTokens')::integer + v_history_tokens);
  IF p_search IS NOT NULL THEN
    knowledge := search_knowledge(p_account_id, p_agent_instance_id, p_search);
  END IF;

  IF p_limits IS NOT NULL THEN
    taken := take_limits(p_limits);
    IF NOT (taken ->> 'allowed')::boolean THEN
      knowledge := NULL;
      RETURN;
    END IF;
    PERFORM set_config('role', 'salient_app', true);
  END IF;
  IF p_call ? 'budget' THEN
    v_reserved := reserve_budget(p_account_id, (p_call ->> 'requestId')::uuid, v_turn_id, p_agent_instance_id, p_session_key,
      p_call -> 'budget', v_history_tokens_at_most);
    IF NOT v_reserved ? 'choice' THEN
      IF p_limits IS NOT NULL THEN
        PERFORM give_back_limits(p_limits);
      END IF;
      turn := v_reserved || jsonb_build_object('outcome', 'over_budget');
      knowledge := NULL;
      RETURN;
    END IF;
    v_call := v_call || jsonb_build_object(
      'promptTokens', least((v_call ->> 'promptTokens')::integer, (v_reserved ->> 'prompt_tokens')::integer),
      'provider', p_call -> 'budget' -> 'choices' -> (v_reserved ->> 'choice')::integer -> 'provider',
      'model', p_call -> 'budget' -> 'choices' -> (v_reserved ->> 'choice')::integer -> 'model');
  END IF;

  IF v_replaced_turn_id IS NOT NULL THEN
    UPDATE messages SET replaced_at = v_created_at WHERE account_id = p_account_id AND turn_id = v_replaced_turn_id;
  END IF;
  INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, client_message_id, request_hash, role, content, created_at)
    VALUES (p_account_id, v_session_id, p_agent_instance_id, v_turn_id, p_client_message_id, p_request_hash, 'user', p_content, v_created_at)
    RETURNING id INTO v_question.id;
  INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, role, content, status, metadata, lease_owner, lease_expires_at, created_at)
    VALUES (p_account_id, v_session_id, p_agent_instance_id, v_turn_id, 'assistant', '', 'pending', jsonb_build_object('call', v_call),
      p_lease_owner, v_created_at + make_interval(secs => p_lease_seconds), v_created_at)
    RETURNING id INTO v_answer_id;

  turn := jsonb_build_object('outcome', 'created', 'session_id', v_session_id, 'turn_id', v_turn_id,
    'user_message_id', v_question.id, 'message_id', v_answer_id, 'created_at', v_created_at, 'history', v_history,
    'choice', coalesce((v_reserved ->> 'choice')::integer, 0), 'prompt_tokens', v_reserved -> 'prompt_tokens');
END $$;

-- For processes of the version before, until none is left: they have entered the browser and taken the limits by then.
CREATE OR REPLACE FUNCTION "begin_turn"(
  p_account_id uuid, p_account_slug text, p_agent_instance_id uuid, p_session_key text,
  p_content text, p_client_message_id text, p_request_hash text, p_replaces uuid,
  p_call jsonb, p_lease_owner uuid, p_lease_seconds integer, p_history_limit integer
) RETURNS jsonb LANGUAGE sql AS $$
  SELECT turn FROM start_turn(p_account_id, p_account_slug, p_agent_instance_id, p_session_key, p_content, p_client_message_id,
    p_request_hash, p_replaces, p_call, p_lease_owner, p_lease_seconds, p_history_limit, NULL, NULL, NULL)
$$;

-- As before. Only a pending answer has an owner; asked for its status as well, a plan may read all that were pending once.
CREATE OR REPLACE FUNCTION "keep_drafts"(p_lease_owner uuid, p_lease_seconds integer, p_drafts jsonb)
RETURNS TABLE (turn_id uuid, stop_requested boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    UPDATE messages SET content = draft.content,
        metadata = CASE WHEN draft.prompt_tokens IS NULL THEN messages.metadata
          ELSE jsonb_set(messages.metadata, '{call,promptTokens}', to_jsonb(draft.prompt_tokens)) END,
        lease_expires_at = CASE WHEN messages.lease_expires_at < v_now + make_interval(secs => p_lease_seconds * 2 / 3.0)
          THEN v_now + make_interval(secs => p_lease_seconds) ELSE messages.lease_expires_at END
      FROM jsonb_to_recordset(p_drafts) AS draft(message_id uuid, content text, prompt_tokens integer)
      WHERE messages.id = draft.message_id AND messages.lease_owner = p_lease_owner
      RETURNING messages.turn_id, messages.stop_requested_at IS NOT NULL;
END $$;

-- Connections keep plans that were made while tables were small, and compiling takes longer than what is compiled.
DO $$
DECLARE
  v_function regprocedure;
BEGIN
  FOR v_function IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND proname IN ('start_turn', 'finish_turn', 'next_attempt', 'enter_by_key', 'enter_by_token', 'take_limits', 'correct_limits',
        'keep_drafts')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', v_function);
    EXECUTE format('ALTER FUNCTION %s SET jit = off', v_function);
  END LOOP;
END $$;
