
-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "subscription_tier" TEXT NOT NULL DEFAULT 'free',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_instances" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "instance_slug" TEXT NOT NULL,
    "agent_type" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "configuration" JSONB NOT NULL DEFAULT '{}',
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_instances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID,
    "account_slug" TEXT,
    "agent_instance_id" UUID,
    "user_id" UUID,
    "session_key" TEXT NOT NULL,
    "email" TEXT,
    "is_anonymous" BOOLEAN NOT NULL DEFAULT true,
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_tokens" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "session_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "turn_id" UUID NOT NULL,
    "llm_request_id" UUID,
    "client_message_id" TEXT,
    "request_hash" TEXT,
    "role" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'complete',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "position" BIGSERIAL NOT NULL,
    "replaced_at" TIMESTAMPTZ(3),
    "lease_owner" UUID,
    "lease_expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_requests" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "account_slug" TEXT NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "agent_instance_slug" TEXT NOT NULL,
    "agent_type" TEXT NOT NULL,
    "session_id" UUID,
    "turn_id" UUID,
    "completion_status" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model_requested" TEXT NOT NULL,
    "model_answered" TEXT,
    "request_body" JSONB NOT NULL DEFAULT '{}',
    "response_body" JSONB NOT NULL DEFAULT '{}',
    "prompt_tokens" INTEGER NOT NULL,
    "cached_prompt_tokens" INTEGER NOT NULL DEFAULT 0,
    "completion_tokens" INTEGER NOT NULL,
    "reasoning_tokens" INTEGER NOT NULL DEFAULT 0,
    "total_tokens" INTEGER NOT NULL,
    "prompt_unit_cost" DECIMAL(12,8),
    "completion_unit_cost" DECIMAL(12,8),
    "prompt_cost" DECIMAL(12,8),
    "completion_cost" DECIMAL(12,8),
    "total_cost" DECIMAL(12,8),
    "cost_source" TEXT NOT NULL,
    "usage_source" TEXT NOT NULL,
    "latency_ms" INTEGER NOT NULL,
    "time_to_first_token_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "llm_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "knowledge_documents" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "url" TEXT,
    "content_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_documents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "knowledge_chunks" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "document_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "section" TEXT,
    "content" TEXT NOT NULL,
    "search_vector" tsvector NOT NULL,

    CONSTRAINT "knowledge_chunks_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_slug_key" ON "accounts"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "agent_instances_account_id_instance_slug_key" ON "agent_instances"("account_id", "instance_slug");

-- CreateIndex
CREATE UNIQUE INDEX "agent_instances_account_id_id_key" ON "agent_instances"("account_id", "id");

-- CreateIndex
CREATE INDEX "sessions_account_id_session_key_idx" ON "sessions"("account_id", "session_key");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_account_id_id_key" ON "sessions"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "session_tokens_token_hash_key" ON "session_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "messages_account_id_session_id_position_idx" ON "messages"("account_id", "session_id", "position");

-- CreateIndex
CREATE INDEX "messages_account_id_turn_id_idx" ON "messages"("account_id", "turn_id");

-- CreateIndex
CREATE UNIQUE INDEX "messages_account_id_session_id_client_message_id_key" ON "messages"("account_id", "session_id", "client_message_id");

-- CreateIndex
CREATE INDEX "llm_requests_account_id_created_at_idx" ON "llm_requests"("account_id", "created_at");

-- CreateIndex
CREATE INDEX "llm_requests_account_id_session_id_idx" ON "llm_requests"("account_id", "session_id");

-- CreateIndex
CREATE UNIQUE INDEX "llm_requests_account_id_id_key" ON "llm_requests"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "knowledge_documents_account_id_agent_instance_id_source_key" ON "knowledge_documents"("account_id", "agent_instance_id", "source");

-- CreateIndex
CREATE UNIQUE INDEX "knowledge_documents_account_id_id_key" ON "knowledge_documents"("account_id", "id");

-- CreateIndex
CREATE INDEX "knowledge_chunks_account_id_agent_instance_id_idx" ON "knowledge_chunks"("account_id", "agent_instance_id");

-- CreateIndex
CREATE INDEX "knowledge_chunks_search_vector_idx" ON "knowledge_chunks" USING GIN ("search_vector");

-- AddForeignKey
ALTER TABLE "agent_instances" ADD CONSTRAINT "agent_instances_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "session_tokens" ADD CONSTRAINT "session_tokens_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_account_id_session_id_fkey" FOREIGN KEY ("account_id", "session_id") REFERENCES "sessions"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_account_id_llm_request_id_fkey" FOREIGN KEY ("account_id", "llm_request_id") REFERENCES "llm_requests"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "knowledge_documents" ADD CONSTRAINT "knowledge_documents_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "knowledge_chunks" ADD CONSTRAINT "knowledge_chunks_account_id_document_id_fkey" FOREIGN KEY ("account_id", "document_id") REFERENCES "knowledge_documents"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;


-- From here on hand-written: what a Prisma schema cannot say.

-- A visitor has at most one open conversation with an agent.
CREATE UNIQUE INDEX "sessions_open_key" ON "sessions" ("account_id", "agent_instance_id", "session_key") WHERE "ended_at" IS NULL;
-- A session has at most one answer under way.
CREATE UNIQUE INDEX "messages_pending_key" ON "messages" ("account_id", "session_id") WHERE "status" = 'pending';
CREATE INDEX "messages_lease_idx" ON "messages" ("lease_expires_at") WHERE "status" = 'pending';

ALTER TABLE "accounts"
  ADD CONSTRAINT "accounts_status_check" CHECK ("status" IN ('active', 'suspended', 'deleted')),
  ADD CONSTRAINT "accounts_tier_check" CHECK ("subscription_tier" IN ('free', 'standard', 'premium', 'enterprise'));
ALTER TABLE "agent_instances"
  ADD CONSTRAINT "agent_instances_status_check" CHECK ("status" IN ('active', 'paused', 'deleted')),
  ADD CONSTRAINT "agent_instances_configuration_check" CHECK (jsonb_typeof("configuration") = 'object');
-- Context arrives with the first agent used, all of it at once.
ALTER TABLE "sessions"
  ADD CONSTRAINT "sessions_context_check" CHECK ("agent_instance_id" IS NULL OR "account_id" IS NOT NULL);
ALTER TABLE "messages"
  ADD CONSTRAINT "messages_role_check" CHECK ("role" IN ('user', 'assistant', 'system')),
  ADD CONSTRAINT "messages_status_check" CHECK ("status" IN ('pending', 'complete', 'partial', 'error')),
  ADD CONSTRAINT "messages_lease_check" CHECK (("status" = 'pending') = ("lease_expires_at" IS NOT NULL));
ALTER TABLE "llm_requests"
  ADD CONSTRAINT "llm_requests_status_check" CHECK ("completion_status" IN ('complete', 'partial', 'error', 'timeout')),
  ADD CONSTRAINT "llm_requests_cost_source_check" CHECK ("cost_source" IN ('provider', 'price_table', 'unknown')),
  ADD CONSTRAINT "llm_requests_usage_source_check" CHECK ("usage_source" IN ('provider', 'estimated')),
  ADD CONSTRAINT "llm_requests_unknown_cost_check" CHECK (("cost_source" = 'unknown') = ("total_cost" IS NULL)),
  ADD CONSTRAINT "llm_requests_amounts_check" CHECK ("prompt_tokens" >= 0 AND "completion_tokens" >= 0 AND "total_cost" >= 0);

-- Running processes notice an edited account or agent by its updated_at, also when it was edited by hand.
CREATE FUNCTION "touch_updated_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."updated_at" := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER "accounts_touch" BEFORE UPDATE OF "slug", "name", "status", "subscription_tier" ON "accounts"
  FOR EACH ROW EXECUTE FUNCTION "touch_updated_at"();
CREATE TRIGGER "agent_instances_touch" BEFORE UPDATE OF "instance_slug", "agent_type", "display_name", "status", "configuration" ON "agent_instances"
  FOR EACH ROW EXECUTE FUNCTION "touch_updated_at"();

-- Roles. Whoever migrates owns the tables; requests are served as salient_app, one account at a time; salient_worker
-- does the few jobs that cross accounts (leases, last use, noticing edits) and may write only the columns they need.
-- Roles belong to the whole cluster, so another database, or a careful administrator, may have made them already.
DO $$
DECLARE
  needed text;
  migrating text := current_setting('role');
BEGIN
  FOREACH needed IN ARRAY ARRAY['salient_app', 'salient_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = needed) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', needed);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    -- Tried, not looked up: from PostgreSQL 16 on, whoever created a role is its member but may not take it on.
    BEGIN
      PERFORM set_config('role', needed, true);
      PERFORM set_config('role', migrating, true);
    EXCEPTION WHEN insufficient_privilege THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', needed);
    END;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO "salient_app", "salient_worker";
GRANT SELECT, INSERT, UPDATE ON "accounts", "agent_instances", "sessions", "messages" TO "salient_app";
GRANT SELECT, INSERT, DELETE ON "session_tokens" TO "salient_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON "knowledge_documents", "knowledge_chunks" TO "salient_app";
-- The ledger is append-only for everyone who serves.
GRANT SELECT, INSERT ON "llm_requests" TO "salient_app";
GRANT USAGE ON SEQUENCE "messages_position_seq" TO "salient_app";

GRANT SELECT ON "accounts", "agent_instances", "sessions", "messages", "llm_requests" TO "salient_worker";
GRANT UPDATE ("last_used_at") ON "agent_instances" TO "salient_worker";
GRANT UPDATE ("content", "lease_owner", "lease_expires_at") ON "messages" TO "salient_worker";

-- Row-level security. nullif: an empty setting (a pooled connection after another tenant) means no account, not an error.
ALTER TABLE "accounts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "accounts" FORCE ROW LEVEL SECURITY;
-- An account may also be met by its slug, before its id is known: exactly that one.
CREATE POLICY "tenant" ON "accounts" TO PUBLIC
  USING ("id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR "slug" = nullif(current_setting('app.account_slug', true), ''))
  WITH CHECK ("id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR "slug" = nullif(current_setting('app.account_slug', true), ''));

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['agent_instances', 'sessions', 'session_tokens', 'messages', 'llm_requests', 'knowledge_documents', 'knowledge_chunks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, tenant_table);
  END LOOP;
  FOREACH tenant_table IN ARRAY ARRAY['accounts', 'agent_instances', 'sessions', 'messages', 'llm_requests'] LOOP
    -- By the role taken on, not by membership alone: the owner is a member, and stays held by the policies above.
    EXECUTE format($policy$
      CREATE POLICY "worker" ON %I TO "salient_worker"
        USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker')
    $policy$, tenant_table);
  END LOOP;
END $$;

-- The two statements of a turn. Each is one round trip and one short transaction: it takes the application role and the
-- account for itself first, so the policies above hold for everything after. The role and the setting end with it.

-- Finds or opens the visitor's session, and stores the question with its pending answer. Answers one of
--   {outcome: "created", session_id, turn_id, user_message_id, message_id, created_at, history: [{role, content}]}
--   {outcome: "duplicate", session_id, turn_id, user_message_id, message_id}   the same client_message_id, the same body
--   {outcome: "mismatch"}          the same client_message_id with another body
--   {outcome: "busy", turn_id}     the session has an answer under way
--   {outcome: "not_last"}          p_replaces is not the session's last question
CREATE FUNCTION "begin_turn"(
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
  v_history jsonb;
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
    UPDATE messages SET replaced_at = v_created_at WHERE account_id = p_account_id AND turn_id = v_question.turn_id;
  END IF;

  SELECT coalesce(jsonb_agg(jsonb_build_object('role', recent.role, 'content', recent.content) ORDER BY recent.position), '[]')
    INTO v_history
    FROM (
      SELECT role, content, position FROM messages
        WHERE account_id = p_account_id AND session_id = v_session_id AND replaced_at IS NULL AND content <> ''
        ORDER BY position DESC LIMIT p_history_limit
    ) AS recent;

  INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, client_message_id, request_hash, role, content, created_at)
    VALUES (p_account_id, v_session_id, p_agent_instance_id, v_turn_id, p_client_message_id, p_request_hash, 'user', p_content, v_created_at)
    RETURNING * INTO v_question;
  INSERT INTO messages (account_id, session_id, agent_instance_id, turn_id, role, content, status, metadata, lease_owner, lease_expires_at, created_at)
    VALUES (p_account_id, v_session_id, p_agent_instance_id, v_turn_id, 'assistant', '', 'pending', jsonb_build_object('call', p_call),
      p_lease_owner, v_created_at + make_interval(secs => p_lease_seconds), v_created_at)
    RETURNING id INTO v_answer_id;

  RETURN jsonb_build_object('outcome', 'created', 'session_id', v_session_id, 'turn_id', v_turn_id,
    'user_message_id', v_question.id, 'message_id', v_answer_id, 'created_at', v_created_at, 'history', v_history);
END $$;

-- Enters one provider call in the ledger. Entering the same id again changes nothing.
CREATE FUNCTION "record_llm_request"(p_account_id uuid, p_request jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  INSERT INTO llm_requests (id, account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered, request_body, response_body,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_unit_cost, completion_unit_cost, prompt_cost, completion_cost, total_cost,
      cost_source, usage_source, latency_ms, time_to_first_token_ms)
    SELECT id, p_account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id,
      completion_status, provider, model_requested, model_answered, request_body, response_body,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_unit_cost, completion_unit_cost, prompt_cost, completion_cost, total_cost,
      cost_source, usage_source, latency_ms, time_to_first_token_ms
    FROM jsonb_populate_record(NULL::llm_requests, p_request)
    ON CONFLICT DO NOTHING;
END $$;

-- Ends a turn: enters its last provider call, fills the answer, and points both messages at the call. False when the
-- turn had been ended already (its lease was lost); the ledger has its row all the same.
CREATE FUNCTION "finish_turn"(
  p_account_id uuid, p_turn_id uuid, p_lease_owner uuid,
  p_content text, p_status text, p_metadata jsonb, p_request jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_finished boolean;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
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
  END IF;
  RETURN v_finished;
END $$;

-- Keeps the text of every live turn of one process, and its leases, in one statement. Answers the turns still its own.
CREATE FUNCTION "keep_drafts"(p_lease_owner uuid, p_lease_seconds integer, p_drafts jsonb) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    UPDATE messages SET content = draft.content, lease_expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
      FROM jsonb_to_recordset(p_drafts) AS draft(message_id uuid, content text)
      WHERE messages.id = draft.message_id AND messages.status = 'pending' AND messages.lease_owner = p_lease_owner
      RETURNING messages.turn_id;
END $$;

-- Takes over turns whose process has stopped renewing its lease. Each is given to exactly one caller.
CREATE FUNCTION "claim_orphans"(p_lease_owner uuid, p_lease_seconds integer, p_limit integer)
RETURNS TABLE (account_id uuid, account_slug text, agent_instance_id uuid, agent_instance_slug text, agent_type text,
  session_id uuid, turn_id uuid, content text, call jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    WITH orphan AS (
      SELECT id FROM messages WHERE status = 'pending' AND lease_expires_at < clock_timestamp()
        ORDER BY lease_expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE messages SET lease_owner = p_lease_owner, lease_expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
        FROM orphan WHERE messages.id = orphan.id RETURNING messages.*
    )
    SELECT claimed.account_id, accounts.slug, claimed.agent_instance_id, agent_instances.instance_slug, agent_instances.agent_type,
        claimed.session_id, claimed.turn_id, claimed.content, claimed.metadata -> 'call'
      FROM claimed
      JOIN accounts ON accounts.id = claimed.account_id
      JOIN agent_instances ON agent_instances.id = claimed.agent_instance_id;
END $$;
