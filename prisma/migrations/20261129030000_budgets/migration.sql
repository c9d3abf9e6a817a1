-- Budgets: what an account, an agent and a visitor may cost in a day and a month (UTC). The worst case of a call is
-- reserved before it is made, in the transaction that stores the question, and settled once, in the one that enters its
-- ledger row. Counters are rows keyed by their period: a new period is a new row, and nothing is ever reset.

-- What was spent and is reserved in one period. A counter comes into being with its first reservation and begins with
-- what the ledger says was spent since the period began (a visitor's: with nothing).
CREATE TABLE "budget_counters" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "starts_on" DATE NOT NULL,
    "limit_usd" DECIMAL(20,8),
    "spent_usd" DECIMAL(20,8) NOT NULL DEFAULT 0,
    "reserved_usd" DECIMAL(20,8) NOT NULL DEFAULT 0,
    "warned_at" TIMESTAMPTZ(6),

    CONSTRAINT "budget_counters_pkey" PRIMARY KEY ("id")
);

-- The worst case of a call that is under way, under the id of the ledger row to come.
CREATE TABLE "budget_reservations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "turn_id" UUID NOT NULL,
    "amount_usd" DECIMAL(20,8) NOT NULL,
    "day" DATE NOT NULL,
    "counter_ids" UUID[],
    "visitor_counter_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_reservations_pkey" PRIMARY KEY ("id")
);

-- What an account has chosen to spend at most, below what its tier lets it. Null: as the tier says.
CREATE TABLE "account_budgets" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "daily_usd" DECIMAL(20,8),
    "monthly_usd" DECIMAL(20,8),
    "visitor_daily_usd" DECIMAL(20,8),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_budgets_pkey" PRIMARY KEY ("id")
);

-- What the people of an account should know. Once for each subject: `topic` says what must not be said twice.
CREATE TABLE "notifications" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "announced_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "llm_requests" ADD COLUMN "budget_usd" DECIMAL(20,8),
ADD COLUMN "budget_day" DATE,
ADD COLUMN "budget_visitor_id" UUID,
ADD COLUMN "message_id" UUID,
ADD COLUMN "price_version" TEXT,
ADD COLUMN "entry" SMALLINT NOT NULL DEFAULT 1,
ADD COLUMN "corrects_id" UUID,
ADD COLUMN "correction_reason" TEXT;

CREATE UNIQUE INDEX "budget_counters_account_id_starts_on_scope_subject_period_key" ON "budget_counters"("account_id", "starts_on", "scope", "subject", "period");
CREATE UNIQUE INDEX "budget_counters_account_id_id_key" ON "budget_counters"("account_id", "id");
CREATE UNIQUE INDEX "budget_reservations_account_id_request_id_key" ON "budget_reservations"("account_id", "request_id");
CREATE UNIQUE INDEX "account_budgets_account_id_key" ON "account_budgets"("account_id");
CREATE INDEX "budget_reservations_account_id_turn_id_idx" ON "budget_reservations"("account_id", "turn_id");
CREATE UNIQUE INDEX "notifications_account_id_kind_topic_key" ON "notifications"("account_id", "kind", "topic");
CREATE INDEX "notifications_account_id_created_at_idx" ON "notifications"("account_id", "created_at");

ALTER TABLE "budget_counters" ADD CONSTRAINT "budget_counters_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "budget_reservations" ADD CONSTRAINT "budget_reservations_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "account_budgets" ADD CONSTRAINT "account_budgets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on hand-written: what a Prisma schema cannot say.

ALTER TABLE "budget_counters"
  ADD CONSTRAINT "budget_counters_scope_check" CHECK ("scope" IN ('account', 'agent', 'visitor')),
  ADD CONSTRAINT "budget_counters_period_check" CHECK ("period" IN ('day', 'month')),
  ADD CONSTRAINT "budget_counters_reserved_check" CHECK ("reserved_usd" >= 0);
ALTER TABLE "budget_reservations" ADD CONSTRAINT "budget_reservations_amount_check" CHECK ("amount_usd" > 0);
ALTER TABLE "account_budgets"
  ADD CONSTRAINT "account_budgets_amounts_check" CHECK ("daily_usd" >= 0 AND "monthly_usd" >= 0 AND "visitor_daily_usd" >= 0);
-- A row is corrected by one that takes all of it back, and counts as one entry less; and only once.
ALTER TABLE "llm_requests" DROP CONSTRAINT "llm_requests_amounts_check",
  ADD CONSTRAINT "llm_requests_amounts_check"
    CHECK ("entry" = -1 OR ("prompt_tokens" >= 0 AND "completion_tokens" >= 0 AND "total_cost" >= 0)) NOT VALID,
  ADD CONSTRAINT "llm_requests_entry_check" CHECK ("entry" IN (1, -1)) NOT VALID,
  ADD CONSTRAINT "llm_requests_correction_check"
    CHECK (("entry" = -1) <= ("corrects_id" IS NOT NULL) AND ("corrects_id" IS NULL) = ("correction_reason" IS NULL)) NOT VALID;
CREATE UNIQUE INDEX "llm_requests_correction_key" ON "llm_requests" ("account_id", "corrects_id") WHERE "entry" = -1;
-- A counter is updated twice a turn and none of its indexed columns ever is.
ALTER TABLE "budget_counters" SET (fillfactor = 50);
CREATE INDEX "notifications_unannounced_idx" ON "notifications" ("created_at") WHERE "announced_at" IS NULL;

GRANT SELECT, INSERT, UPDATE ON "budget_counters" TO "salient_app";
GRANT SELECT, INSERT, DELETE ON "budget_reservations" TO "salient_app";
GRANT SELECT, INSERT, UPDATE ON "account_budgets" TO "salient_app";
GRANT SELECT, INSERT ON "notifications" TO "salient_app";
GRANT SELECT, DELETE ON "budget_counters" TO "salient_worker";
GRANT SELECT ON "budget_reservations", "account_budgets", "notifications" TO "salient_worker";
GRANT UPDATE ("announced_at") ON "notifications" TO "salient_worker";
-- The count of the real prompt is kept with the drafts.
GRANT UPDATE ("metadata") ON "messages" TO "salient_worker";

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['budget_counters', 'budget_reservations', 'account_budgets', 'notifications'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, tenant_table);
    EXECUTE format($policy$
      CREATE POLICY "worker" ON %I TO "salient_worker"
        USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker')
    $policy$, tenant_table);
  END LOOP;
END $$;

-- The day that budgets count in, everywhere the same.
CREATE FUNCTION "budget_today"() RETURNS date LANGUAGE sql VOLATILE AS $$
  SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date
$$;

-- What one ledger row counts: rows from before there were budgets count what they cost, on the day they were entered.
CREATE FUNCTION "budget_spent"(p_account_id uuid, p_agent_instance_id uuid, p_from date, p_until date)
RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(coalesce(budget_usd, total_cost, 0)), 0) FROM llm_requests
    WHERE account_id = p_account_id AND (p_agent_instance_id IS NULL OR agent_instance_id = p_agent_instance_id)
      -- For the index. A call is entered on the day it counts in, or later; a day less, because created_at is the time at
      -- which the transaction began.
      AND created_at >= (p_from - 1)::timestamp AT TIME ZONE 'UTC'
      AND coalesce(budget_day, (created_at AT TIME ZONE 'UTC')::date) >= p_from
      AND coalesce(budget_day, (created_at AT TIME ZONE 'UTC')::date) < p_until
$$;

-- The budgets that a call must fit in.
--   p_limits: {account_monthly, account_daily, agent_monthly, agent_daily, visitor_daily}, US dollars or null
-- What the account has chosen holds where it is less. The account's month is always there: it is everybody's lock.
CREATE FUNCTION "budgets_of_call"(p_account_id uuid, p_agent_instance_id uuid, p_visitor text, p_day date, p_limits jsonb)
RETURNS TABLE (scope text, subject text, period text, starts_on date, limit_usd numeric) LANGUAGE sql STABLE AS $$
  SELECT budget.scope, budget.subject, budget.period,
      CASE budget.period WHEN 'month' THEN date_trunc('month', p_day)::date ELSE p_day END, budget.limit_usd
    FROM (VALUES (1)) AS one(n)
    LEFT JOIN account_budgets AS own ON own.account_id = p_account_id
    CROSS JOIN LATERAL (VALUES
      ('account', '', 'month', least((p_limits ->> 'account_monthly')::numeric, own.monthly_usd)),
      ('account', '', 'day', least((p_limits ->> 'account_daily')::numeric, own.daily_usd)),
      ('agent', p_agent_instance_id::text, 'month', (p_limits ->> 'agent_monthly')::numeric),
      ('agent', p_agent_instance_id::text, 'day', (p_limits ->> 'agent_daily')::numeric),
      ('visitor', p_visitor, 'day', least((p_limits ->> 'visitor_daily')::numeric, own.visitor_daily_usd))
    ) AS budget(scope, subject, period, limit_usd)
    WHERE budget.limit_usd IS NOT NULL OR (budget.scope = 'account' AND budget.period = 'month')
$$;

-- Makes the counters that are not there yet. The ledger is read only then.
CREATE FUNCTION "open_budgets"(p_account_id uuid, p_budgets jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO budget_counters (account_id, scope, subject, period, starts_on, limit_usd, spent_usd)
    SELECT p_account_id, scope, subject, period, starts_on, limit_usd,
        CASE scope
          WHEN 'visitor' THEN 0
          ELSE budget_spent(p_account_id, CASE scope WHEN 'agent' THEN subject::uuid END, starts_on,
            (starts_on + CASE period WHEN 'month' THEN interval '1 month' ELSE interval '1 day' END)::date)
        END
      FROM jsonb_to_recordset(p_budgets) AS budget(scope text, subject text, period text, starts_on date, limit_usd numeric)
      WHERE NOT EXISTS (
        SELECT FROM budget_counters AS counter
          WHERE counter.account_id = p_account_id AND counter.starts_on = budget.starts_on AND counter.scope = budget.scope
            AND counter.subject = budget.subject AND counter.period = budget.period)
    ON CONFLICT DO NOTHING
$$;

-- Takes the lock under which all counters of an account and a month change and come into being: the row of the account's
-- month. It is always the last lock that a function of a turn takes.
CREATE FUNCTION "lock_budgets"(p_account_id uuid, p_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_month date := date_trunc('month', p_day)::date;
BEGIN
  LOOP
    PERFORM FROM budget_counters
      WHERE account_id = p_account_id AND starts_on = v_month AND scope = 'account' AND subject = '' AND period = 'month'
      FOR UPDATE;
    EXIT WHEN FOUND;
    PERFORM open_budgets(p_account_id, jsonb_build_array(
      jsonb_build_object('scope', 'account', 'subject', '', 'period', 'month', 'starts_on', v_month)));
  END LOOP;
END $$;

-- Reserves the worst case of a call in every budget it must fit in, or in none.
--   p_budget: {limits, choices: [{prompt_usd, completion_usd}], prompt_tokens, max_prompt_tokens, completion_tokens}
--     choices: what a million tokens cost at most, of the model, then of the cheaper one that takes over from 80 % on or
--     when the first no longer fits
--   p_history_tokens: of the prompt, beside prompt_tokens
-- Answers {choice: 0 or 1, prompt_tokens}, or {scope, period} of the budget that has the least room.
CREATE FUNCTION "reserve_budget"(p_account_id uuid, p_request_id uuid, p_turn_id uuid, p_agent_instance_id uuid,
  p_visitor text, p_budget jsonb, p_history_tokens integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_day date := budget_today();
  v_prompt_tokens integer := least((p_budget ->> 'max_prompt_tokens')::integer, (p_budget ->> 'prompt_tokens')::integer + p_history_tokens);
  v_amounts numeric[];
  v_choice integer;
  v_amount numeric;
  v_state record;
BEGIN
  SELECT array_agg(
      ceil(v_prompt_tokens * (choice ->> 'prompt_usd')::numeric * 100
        + (p_budget ->> 'completion_tokens')::integer * (choice ->> 'completion_usd')::numeric * 100) / 100000000
      ORDER BY position)
    INTO v_amounts
    FROM jsonb_array_elements(p_budget -> 'choices') WITH ORDINALITY AS chosen(choice, position);
  IF v_amounts[1] = 0 THEN
    RETURN jsonb_build_object('choice', 0, 'prompt_tokens', v_prompt_tokens);
  END IF;

  -- Whoever waits longer is told that the store is away, and asks no model.
  PERFORM set_config('lock_timeout', '5s', true);
  PERFORM lock_budgets(p_account_id, v_day);
  -- Repeated, because its answer was lost on the way.
  IF EXISTS (SELECT FROM budget_reservations WHERE account_id = p_account_id AND request_id = p_request_id) THEN
    RETURN jsonb_build_object('choice', 0, 'prompt_tokens', v_prompt_tokens);
  END IF;

  FOR attempt IN 1..2 LOOP
    SELECT array_agg(counter.id) AS ids,
        (array_agg(counter.id) FILTER (WHERE budget.scope = 'visitor'))[1] AS visitor_id,
        bool_or(counter.id IS NULL) AS is_missing,
        coalesce(bool_or(counter.spent_usd >= 0.8 * budget.limit_usd), false) AS is_low,
        min(budget.limit_usd - counter.spent_usd - counter.reserved_usd) AS room,
        jsonb_agg(to_jsonb(budget) ORDER BY budget.limit_usd - counter.spent_usd - counter.reserved_usd) AS budgets
      INTO v_state
      FROM budgets_of_call(p_account_id, p_agent_instance_id, p_visitor, v_day, p_budget -> 'limits') AS budget
      LEFT JOIN budget_counters AS counter
        ON counter.account_id = p_account_id AND counter.starts_on = budget.starts_on AND counter.scope = budget.scope
          AND counter.subject = budget.subject AND counter.period = budget.period;
    EXIT WHEN NOT v_state.is_missing;
    PERFORM open_budgets(p_account_id, v_state.budgets);
  END LOOP;

  v_choice := CASE
    WHEN v_amounts[2] <= v_amounts[1] AND v_state.is_low AND v_amounts[2] <= coalesce(v_state.room, v_amounts[2]) THEN 2
    WHEN v_amounts[1] <= coalesce(v_state.room, v_amounts[1]) THEN 1
    WHEN v_amounts[2] <= coalesce(v_state.room, v_amounts[2]) THEN 2
    ELSE 0 END;
  IF v_choice = 0 THEN
    UPDATE budget_counters AS counter SET limit_usd = budget.limit_usd
      FROM jsonb_to_recordset(v_state.budgets) AS budget(scope text, subject text, period text, starts_on date, limit_usd numeric)
      WHERE counter.account_id = p_account_id AND counter.starts_on = budget.starts_on AND counter.scope = budget.scope
        AND counter.subject = budget.subject AND counter.period = budget.period
        AND counter.limit_usd IS DISTINCT FROM budget.limit_usd;
    PERFORM note_budget(p_account_id, 'budget_reached', counter)
      FROM budget_counters AS counter
      WHERE counter.account_id = p_account_id AND counter.id = ANY (v_state.ids)
        AND counter.limit_usd - counter.spent_usd - counter.reserved_usd < least(v_amounts[1], v_amounts[2]);
    RETURN jsonb_build_object('scope', v_state.budgets -> 0 -> 'scope', 'period', v_state.budgets -> 0 -> 'period');
  END IF;

  v_amount := v_amounts[v_choice];
  IF v_amount > 0 THEN
    UPDATE budget_counters AS counter
      SET reserved_usd = counter.reserved_usd + v_amount, limit_usd = budget.limit_usd
      FROM jsonb_to_recordset(v_state.budgets) AS budget(scope text, subject text, period text, starts_on date, limit_usd numeric)
      WHERE counter.account_id = p_account_id AND counter.starts_on = budget.starts_on AND counter.scope = budget.scope
        AND counter.subject = budget.subject AND counter.period = budget.period;
    INSERT INTO budget_reservations (request_id, account_id, turn_id, amount_usd, day, counter_ids, visitor_counter_id)
      VALUES (p_request_id, p_account_id, p_turn_id, v_amount, v_day, v_state.ids, v_state.visitor_id);
  END IF;
  RETURN jsonb_build_object('choice', v_choice - 1, 'prompt_tokens', v_prompt_tokens);
END $$;

-- Tells the people of an account about one of its budgets, once a period. Visitors' budgets are nobody's news.
CREATE FUNCTION "note_budget"(p_account_id uuid, p_kind text, p_counter budget_counters) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO notifications (account_id, kind, topic, details)
    SELECT p_account_id, p_kind,
        concat_ws(' ', p_counter.scope, nullif(p_counter.subject, ''), p_counter.period, p_counter.starts_on),
        jsonb_build_object('scope', p_counter.scope, 'agent_instance_id', nullif(p_counter.subject, ''),
          'period', p_counter.period, 'starts_on', p_counter.starts_on,
          'limit_usd', p_counter.limit_usd::text, 'spent_usd', p_counter.spent_usd::text)
      WHERE p_counter.scope <> 'visitor'
    ON CONFLICT DO NOTHING
$$;

-- Gives back what is still reserved for a turn that is over: for a call that was not made.
CREATE FUNCTION "release_reservations"(p_account_id uuid, p_turn_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_reservation budget_reservations%ROWTYPE;
BEGIN
  FOR v_reservation IN
    SELECT * FROM budget_reservations WHERE account_id = p_account_id AND turn_id = p_turn_id ORDER BY day
  LOOP
    PERFORM lock_budgets(p_account_id, v_reservation.day);
    DELETE FROM budget_reservations WHERE account_id = p_account_id AND request_id = v_reservation.request_id;
    -- Not found: settled while this waited.
    IF FOUND THEN
      UPDATE budget_counters SET reserved_usd = reserved_usd - v_reservation.amount_usd
        WHERE account_id = p_account_id AND id = ANY (v_reservation.counter_ids);
    END IF;
  END LOOP;
END $$;

-- Enters one provider call in the ledger and settles its reservation. Entering the same id again changes nothing.
-- The call counts in the period it was reserved in, with `budget_usd` of the row: what it cost, or a ceiling where that
-- is not known. Where the process said neither, what was reserved is taken for spent.
CREATE OR REPLACE FUNCTION "record_llm_request"(p_account_id uuid, p_request jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid := (p_request ->> 'id')::uuid;
  v_reservation budget_reservations%ROWTYPE;
  v_day date;
  v_charge numeric;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT * INTO v_reservation FROM budget_reservations WHERE account_id = p_account_id AND request_id = v_id;
  v_day := coalesce(v_reservation.day, budget_today());
  v_charge := coalesce((p_request ->> 'budget_usd')::numeric, (p_request ->> 'total_cost')::numeric, v_reservation.amount_usd, 0);
  IF v_charge <> 0 OR v_reservation.request_id IS NOT NULL THEN
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
  IF NOT FOUND OR (v_charge = 0 AND v_reservation.request_id IS NULL) THEN
    RETURN;
  END IF;

  DELETE FROM budget_reservations WHERE account_id = p_account_id AND request_id = v_id;
  PERFORM charge_budgets(p_account_id, (p_request ->> 'agent_instance_id')::uuid, v_day, v_charge, v_reservation);
END $$;

-- Counts a charge in the counters of its account and agent, and in its visitor's, and takes its reservation off those
-- that hold it. Says so where four fifths of a budget are spent.
CREATE FUNCTION "charge_budgets"(p_account_id uuid, p_agent_instance_id uuid, p_day date, p_charge numeric,
  p_reservation budget_reservations) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_month date := date_trunc('month', p_day)::date;
  v_counter budget_counters%ROWTYPE;
BEGIN
  FOR v_counter IN
    UPDATE budget_counters SET
        spent_usd = spent_usd + p_charge,
        reserved_usd = reserved_usd
          - CASE WHEN id = ANY (p_reservation.counter_ids) THEN p_reservation.amount_usd ELSE 0 END,
        warned_at = CASE WHEN spent_usd + p_charge >= 0.8 * limit_usd THEN coalesce(warned_at, v_now) ELSE warned_at END
      WHERE account_id = p_account_id AND (
        id = p_reservation.visitor_counter_id
        OR (scope = 'account' AND subject = '' AND starts_on = CASE period WHEN 'month' THEN v_month ELSE p_day END)
        OR (scope = 'agent' AND subject = p_agent_instance_id::text
          AND starts_on = CASE period WHEN 'month' THEN v_month ELSE p_day END))
        AND starts_on IN (v_month, p_day)
      RETURNING *
  LOOP
    IF v_counter.warned_at = v_now THEN
      PERFORM note_budget(p_account_id, 'budget_low', v_counter);
    END IF;
  END LOOP;
END $$;

-- As before, and:
--   p_call.budget, where the call may cost something: as reserve_budget takes it. Without it nothing is reserved.
--   {outcome: "created", ..., choice, prompt_tokens}   choice: of p_call.budget's; prompt_tokens: those reserved, or null
--   {outcome: "over_budget", scope, period}            nothing was stored
-- The pending call is kept with a count of its whole prompt, as far as it is known here.
CREATE OR REPLACE FUNCTION "begin_turn"(
  p_account_id uuid, p_account_slug text, p_agent_instance_id uuid, p_session_key text,
  p_content text, p_client_message_id text, p_request_hash text, p_replaces uuid,
  p_call jsonb, p_lease_owner uuid, p_lease_seconds integer, p_history_limit integer
) RETURNS jsonb LANGUAGE plpgsql AS $$
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
        RETURN jsonb_build_object('outcome', 'mismatch');
      END IF;
      SELECT id INTO v_answer_id FROM messages
        WHERE account_id = p_account_id AND turn_id = v_question.turn_id AND role = 'assistant';
      RETURN jsonb_build_object('outcome', 'duplicate', 'session_id', v_session_id, 'turn_id', v_question.turn_id,
        'user_message_id', v_question.id, 'message_id', v_answer_id);
    END IF;
  END IF;

  SELECT * INTO v_question FROM messages
    WHERE account_id = p_account_id AND session_id = v_session_id AND status = 'pending';
  IF FOUND THEN
    RETURN jsonb_build_object('outcome', 'busy', 'turn_id', v_question.turn_id);
  END IF;

  IF p_replaces IS NOT NULL THEN
    SELECT * INTO v_question FROM messages
      WHERE account_id = p_account_id AND session_id = v_session_id AND role = 'user' AND replaced_at IS NULL
      ORDER BY position DESC LIMIT 1;
    IF v_question.id IS DISTINCT FROM p_replaces THEN
      RETURN jsonb_build_object('outcome', 'not_last');
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

  IF p_call ? 'budget' THEN
    v_reserved := reserve_budget(p_account_id, (p_call ->> 'requestId')::uuid, v_turn_id, p_agent_instance_id, p_session_key,
      p_call -> 'budget', v_history_tokens_at_most);
    IF NOT v_reserved ? 'choice' THEN
      RETURN v_reserved || jsonb_build_object('outcome', 'over_budget');
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
    RETURNING * INTO v_question;
  INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, role, content, status, metadata, lease_owner, lease_expires_at, created_at)
    VALUES (p_account_id, v_session_id, p_agent_instance_id, v_turn_id, 'assistant', '', 'pending', jsonb_build_object('call', v_call),
      p_lease_owner, v_created_at + make_interval(secs => p_lease_seconds), v_created_at)
    RETURNING id INTO v_answer_id;

  RETURN jsonb_build_object('outcome', 'created', 'session_id', v_session_id, 'turn_id', v_turn_id,
    'user_message_id', v_question.id, 'message_id', v_answer_id, 'created_at', v_created_at, 'history', v_history,
    'choice', coalesce((v_reserved ->> 'choice')::integer, 0), 'prompt_tokens', v_reserved -> 'prompt_tokens');
END $$;

-- Enters a provider call that failed, and reserves and notes the one that is to follow it. Safe to repeat. Answers
--   {outcome: "reserved"}, {outcome: "over_budget", scope, period}, or {outcome: "ended"}: another process has ended the turn
-- `record_attempt` stays for processes of the version before, until none is left.
CREATE FUNCTION "next_attempt"(p_account_id uuid, p_request jsonb, p_next_call jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_answer messages%ROWTYPE;
  v_visitor text;
  v_reserved jsonb;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT * INTO v_answer FROM messages
    WHERE account_id = p_account_id AND turn_id = (p_request ->> 'turn_id')::uuid AND role = 'assistant' AND status = 'pending'
    FOR UPDATE;
  PERFORM record_llm_request(p_account_id, p_request);
  IF v_answer.id IS NULL THEN
    RETURN jsonb_build_object('outcome', 'ended');
  END IF;
  IF p_next_call ? 'budget' THEN
    SELECT session_key INTO v_visitor FROM sessions WHERE account_id = p_account_id AND id = v_answer.session_id;
    v_reserved := reserve_budget(p_account_id, (p_next_call ->> 'requestId')::uuid, v_answer.turn_id, v_answer.agent_instance_id,
      v_visitor, p_next_call -> 'budget', 0);
    IF NOT v_reserved ? 'choice' THEN
      RETURN v_reserved || jsonb_build_object('outcome', 'over_budget');
    END IF;
  END IF;
  UPDATE messages SET metadata = jsonb_set(metadata, '{call}', p_next_call - 'budget')
    WHERE account_id = p_account_id AND id = v_answer.id;
  RETURN jsonb_build_object('outcome', 'reserved');
END $$;

-- As before, and: what is still reserved for the turn is given back.
CREATE OR REPLACE FUNCTION "finish_turn"(
  p_account_id uuid, p_turn_id uuid, p_lease_owner uuid,
  p_content text, p_status text, p_metadata jsonb, p_request jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_finished boolean;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  -- The answer before the budgets, in every function, so that nobody waits in a circle.
  PERFORM FROM messages WHERE account_id = p_account_id AND turn_id = p_turn_id AND role = 'assistant' FOR UPDATE;
  IF p_request IS NOT NULL THEN
    PERFORM record_llm_request(p_account_id, p_request);
  END IF;
  UPDATE messages SET content = p_content, status = p_status, metadata = p_metadata,
      llm_request_id = (p_request ->> 'id')::uuid, lease_owner = NULL, lease_expires_at = NULL
    WHERE account_id = p_account_id AND turn_id = p_turn_id AND role = 'assistant'
      AND status = 'pending' AND lease_owner = p_lease_owner;
  v_finished := FOUND;
  IF v_finished THEN
    UPDATE messages SET llm_request_id = (p_request ->> 'id')::uuid
      WHERE account_id = p_account_id AND turn_id = p_turn_id AND role = 'user';
    PERFORM release_reservations(p_account_id, p_turn_id);
  END IF;
  RETURN v_finished;
END $$;

-- As before, and: a draft may bring `prompt_tokens`, the count of the prompt as it was sent, for whoever bills the call if
-- this process dies.
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
      WHERE messages.id = draft.message_id AND messages.status = 'pending' AND messages.lease_owner = p_lease_owner
      RETURNING messages.turn_id, messages.stop_requested_at IS NOT NULL;
END $$;

-- Gives back what is reserved for turns that are gone: their conversation was deleted while they were answered. Answers how
-- many those were.
CREATE FUNCTION "release_lost_reservations"() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_lost record;
  v_count integer := 0;
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  FOR v_lost IN
    SELECT DISTINCT reservation.account_id, reservation.turn_id FROM budget_reservations AS reservation
      WHERE NOT EXISTS (SELECT FROM messages WHERE messages.account_id = reservation.account_id
        AND messages.turn_id = reservation.turn_id AND messages.status = 'pending')
  LOOP
    PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', v_lost.account_id::text, true);
    PERFORM release_reservations(v_lost.account_id, v_lost.turn_id);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;

-- Forgets visitors' counters of past days: they name a visitor, and nobody asks for them again.
CREATE FUNCTION "forget_visitor_budgets"(p_keep_days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_count integer;
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  DELETE FROM budget_counters WHERE scope = 'visitor' AND starts_on < budget_today() - p_keep_days AND reserved_usd = 0;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;

-- Hands out what nobody has announced yet, to exactly one caller.
CREATE FUNCTION "take_notifications"(p_limit integer) RETURNS TABLE (id uuid, account_id uuid, account_slug text, kind text,
  details jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    WITH waiting AS (
      SELECT notifications.id FROM notifications WHERE announced_at IS NULL ORDER BY created_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE notifications SET announced_at = clock_timestamp() FROM waiting WHERE notifications.id = waiting.id
        RETURNING notifications.*
    )
    SELECT taken.id, taken.account_id, accounts.slug, taken.kind, taken.details
      FROM taken JOIN accounts ON accounts.id = taken.account_id ORDER BY taken.created_at;
END $$;

-- Corrects a ledger row without touching it: one row takes all of it back, another says what it should have been, and the
-- budgets it counted in are put right. Answers the id of the other. A row can be corrected once; what corrects it, again.
CREATE FUNCTION "correct_llm_request"(p_account_id uuid, p_request_id uuid, p_total_cost numeric, p_reason text)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  v_wrong llm_requests%ROWTYPE;
  v_right_id uuid := gen_random_uuid();
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT * INTO STRICT v_wrong FROM llm_requests WHERE account_id = p_account_id AND id = p_request_id AND entry = 1;
  v_wrong.budget_day := coalesce(v_wrong.budget_day, (v_wrong.created_at AT TIME ZONE 'UTC')::date);
  v_wrong.budget_usd := coalesce(v_wrong.budget_usd, v_wrong.total_cost, 0);
  PERFORM lock_budgets(p_account_id, v_wrong.budget_day);

  INSERT INTO llm_requests (account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_unit_cost, completion_unit_cost, prompt_cost, completion_cost, total_cost, cost_source, usage_source, latency_ms,
      price_version, message_id, budget_usd, budget_day, budget_visitor_id, entry, corrects_id, correction_reason)
    VALUES (p_account_id, v_wrong.account_slug, v_wrong.agent_instance_id, v_wrong.agent_instance_slug, v_wrong.agent_type,
      v_wrong.session_id, v_wrong.turn_id, v_wrong.completion_status, v_wrong.provider, v_wrong.model_requested, v_wrong.model_answered,
      -v_wrong.prompt_tokens, -v_wrong.cached_prompt_tokens, -v_wrong.completion_tokens, -v_wrong.reasoning_tokens, -v_wrong.total_tokens,
      v_wrong.prompt_unit_cost, v_wrong.completion_unit_cost, -v_wrong.prompt_cost, -v_wrong.completion_cost, -v_wrong.total_cost,
      v_wrong.cost_source, v_wrong.usage_source, 0,
      v_wrong.price_version, v_wrong.message_id, -v_wrong.budget_usd, v_wrong.budget_day, v_wrong.budget_visitor_id, -1, v_wrong.id, p_reason);
  INSERT INTO llm_requests (id, account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered, request_body, response_body,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      total_cost, cost_source, usage_source, latency_ms, time_to_first_token_ms,
      message_id, budget_usd, budget_day, budget_visitor_id, corrects_id, correction_reason)
    VALUES (v_right_id, p_account_id, v_wrong.account_slug, v_wrong.agent_instance_id, v_wrong.agent_instance_slug, v_wrong.agent_type,
      v_wrong.session_id, v_wrong.turn_id, v_wrong.completion_status, v_wrong.provider, v_wrong.model_requested, v_wrong.model_answered,
      v_wrong.request_body, v_wrong.response_body,
      v_wrong.prompt_tokens, v_wrong.cached_prompt_tokens, v_wrong.completion_tokens, v_wrong.reasoning_tokens, v_wrong.total_tokens,
      p_total_cost, 'provider', v_wrong.usage_source, v_wrong.latency_ms, v_wrong.time_to_first_token_ms,
      v_wrong.message_id, p_total_cost, v_wrong.budget_day, v_wrong.budget_visitor_id, v_wrong.id, p_reason);
  PERFORM charge_budgets(p_account_id, v_wrong.agent_instance_id, v_wrong.budget_day, p_total_cost - v_wrong.budget_usd,
    ROW(NULL, p_account_id, NULL, NULL, NULL, NULL, NULL, v_wrong.budget_visitor_id, NULL)::budget_reservations);
  RETURN v_right_id;
END $$;

-- Whatever does not add up, in one look at everything; no rows: all is well.
--   spent      a counter is not the sum of the ledger rows that count in it
--   reserved   a counter does not hold exactly the open reservations that are in it
CREATE FUNCTION "check_budgets"() RETURNS TABLE (account_id uuid, counter_id uuid, scope text, subject text, period text,
  starts_on date, problem text, counted numeric, expected numeric) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    WITH charge AS MATERIALIZED (
      SELECT request.account_id, request.agent_instance_id::text AS agent, request.budget_visitor_id AS visitor_id,
          coalesce(request.budget_day, (request.created_at AT TIME ZONE 'UTC')::date) AS day,
          sum(coalesce(request.budget_usd, request.total_cost, 0)) AS usd
        FROM llm_requests AS request GROUP BY 1, 2, 3, 4
    ), by_period AS (
      SELECT charge.account_id, counted.scope, counted.subject, counted.period, counted.starts_on, sum(charge.usd) AS usd
        FROM charge
        CROSS JOIN LATERAL (VALUES
          ('account', '', 'month', date_trunc('month', charge.day)::date), ('account', '', 'day', charge.day),
          ('agent', charge.agent, 'month', date_trunc('month', charge.day)::date), ('agent', charge.agent, 'day', charge.day)
        ) AS counted(scope, subject, period, starts_on)
        GROUP BY 1, 2, 3, 4, 5
    ), by_visitor AS (
      SELECT charge.visitor_id, sum(charge.usd) AS usd FROM charge WHERE charge.visitor_id IS NOT NULL GROUP BY 1
    ), open AS (
      SELECT held.counter_id, sum(reservation.amount_usd) AS usd
        FROM budget_reservations AS reservation CROSS JOIN LATERAL unnest(reservation.counter_ids) AS held(counter_id)
        GROUP BY 1
    ), checked AS (
      SELECT counter.*,
          coalesce(CASE counter.scope WHEN 'visitor' THEN by_visitor.usd ELSE by_period.usd END, 0) AS ledger_usd,
          coalesce(open.usd, 0) AS open_usd
        FROM budget_counters AS counter
        LEFT JOIN by_period ON by_period.account_id = counter.account_id AND by_period.scope = counter.scope
          AND by_period.subject = counter.subject AND by_period.period = counter.period AND by_period.starts_on = counter.starts_on
        LEFT JOIN by_visitor ON by_visitor.visitor_id = counter.id
        LEFT JOIN open ON open.counter_id = counter.id
    )
    SELECT checked.account_id, checked.id, checked.scope, checked.subject, checked.period, checked.starts_on,
        found.problem, found.counted, found.expected
      FROM checked
      CROSS JOIN LATERAL (VALUES ('spent', checked.spent_usd, checked.ledger_usd), ('reserved', checked.reserved_usd, checked.open_usd))
        AS found(problem, counted, expected)
      WHERE found.counted <> found.expected
      ORDER BY 1, 6, 3, 5;
END $$;
