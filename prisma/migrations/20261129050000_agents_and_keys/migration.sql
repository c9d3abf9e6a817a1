-- Agents that are made and edited over the API, with every version of what they override, and keys for machines.

-- Where an agent comes from. One that was made over the API has no folder, whatever folders there are.
ALTER TABLE "agent_instances" ADD COLUMN "origin" TEXT NOT NULL DEFAULT 'folder',
ADD COLUMN "created_by" UUID,
ADD COLUMN "config_version" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "agent_instances"
  ADD CONSTRAINT "agent_instances_origin_check" CHECK ("origin" IN ('folder', 'api'));
DROP TRIGGER "agent_instances_touch" ON "agent_instances";
CREATE TRIGGER "agent_instances_touch"
  BEFORE UPDATE OF "instance_slug", "agent_type", "display_name", "status", "configuration", "origin" ON "agent_instances"
  FOR EACH ROW EXECUTE FUNCTION "touch_updated_at"();

-- CreateTable
CREATE TABLE "agent_config_versions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "agent_instance_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "configuration" JSONB NOT NULL,
    "reverted_to" INTEGER,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_config_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "agent_instance_id" UUID,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" UUID,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "agent_config_versions_account_id_agent_instance_id_version_key" ON "agent_config_versions"("account_id", "agent_instance_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_prefix_key" ON "api_keys"("prefix");

-- CreateIndex
CREATE INDEX "api_keys_account_id_idx" ON "api_keys"("account_id");

-- AddForeignKey
ALTER TABLE "agent_config_versions" ADD CONSTRAINT "agent_config_versions_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_agent_instance_id_fkey" FOREIGN KEY ("account_id", "agent_instance_id") REFERENCES "agent_instances"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- What every agent overrides today is its first version.
ALTER TABLE "agent_instances" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "agent_config_versions" ("account_id", "agent_instance_id", "version", "configuration", "created_at")
  SELECT "account_id", "id", 1, "configuration", "updated_at" FROM "agent_instances";
ALTER TABLE "agent_instances" FORCE ROW LEVEL SECURITY;

-- Every change of an agent's overrides is a version, also one that is made by hand. Who makes it, and which older version
-- it brings back, are settings of the transaction.
CREATE FUNCTION "count_config_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.configuration IS DISTINCT FROM OLD.configuration THEN
    NEW.config_version := OLD.config_version + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "agent_instances_version" BEFORE UPDATE OF "configuration" ON "agent_instances"
  FOR EACH ROW EXECUTE FUNCTION "count_config_version"();

CREATE FUNCTION "keep_config_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.config_version <> OLD.config_version THEN
    INSERT INTO agent_config_versions (account_id, agent_instance_id, version, configuration, created_by, reverted_to)
      VALUES (NEW.account_id, NEW.id, NEW.config_version, NEW.configuration,
        nullif(current_setting('app.actor_id', true), '')::uuid,
        nullif(current_setting('app.reverted_to', true), '')::integer);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "agent_instances_keep_version" AFTER INSERT OR UPDATE OF "configuration" ON "agent_instances"
  FOR EACH ROW EXECUTE FUNCTION "keep_config_version"();

GRANT SELECT, INSERT ON "agent_config_versions" TO "salient_app";
-- Of a key nothing changes but that it ends.
GRANT SELECT, INSERT, UPDATE ("revoked_at", "revoked_by") ON "api_keys" TO "salient_app";
GRANT SELECT, UPDATE ("last_used_at") ON "api_keys" TO "salient_worker";
GRANT DELETE ON "sessions" TO "salient_app";

DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['agent_config_versions', 'api_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, guarded);
  END LOOP;
END $$;
CREATE POLICY "bearer" ON "api_keys" FOR SELECT TO PUBLIC
  USING ("prefix" = nullif(current_setting('app.key_prefix', true), ''));
CREATE POLICY "worker" ON "api_keys" TO "salient_worker"
  USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker');

-- A page of any session of the account, also an ended one, for those who may read them all. As `read_history`, which reads
-- by it: {session_id, messages, active_turn_id, has_more}, or null where there is no such session.
CREATE FUNCTION "read_session"(p_account_id uuid, p_session_id uuid, p_limit integer, p_before uuid)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_page jsonb;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  PERFORM FROM sessions WHERE account_id = p_account_id AND id = p_session_id;
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
        WHERE account_id = p_account_id AND session_id = p_session_id AND replaced_at IS NULL AND status <> 'pending'
          AND (p_before IS NULL OR position < (
            SELECT position FROM messages WHERE account_id = p_account_id AND session_id = p_session_id AND id = p_before))
        ORDER BY position DESC LIMIT p_limit + 1
    ) AS page;
  RETURN v_page || jsonb_build_object(
    'session_id', p_session_id,
    'active_turn_id', (SELECT turn_id FROM messages
      WHERE account_id = p_account_id AND session_id = p_session_id AND status = 'pending'));
END $$;

CREATE OR REPLACE FUNCTION "read_history"(
  p_account_id uuid, p_agent_instance_id uuid, p_session_key text, p_limit integer, p_before uuid
) RETURNS jsonb LANGUAGE plpgsql AS $$
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

-- The key of that prefix, which the caller has still to prove to hold, with the account it opens; null where there is none.
-- Says nothing of whether it may be used but `is_current`.
CREATE FUNCTION "find_api_key"(p_prefix text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_key api_keys%ROWTYPE;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', '', true),
    set_config('app.key_prefix', p_prefix, true);
  SELECT * INTO v_key FROM api_keys WHERE prefix = p_prefix;
  PERFORM set_config('app.account_id', v_key.account_id::text, true);
  RETURN (
    SELECT jsonb_build_object(
        'id', v_key.id,
        'key_hash', v_key.key_hash,
        'scopes', v_key.scopes,
        'account_id', accounts.id,
        'account_slug', accounts.slug,
        'agent_instance_id', v_key.agent_instance_id,
        'is_current', accounts.status = 'active' AND v_key.revoked_at IS NULL
          AND (v_key.expires_at IS NULL OR v_key.expires_at > clock_timestamp()))
      FROM accounts WHERE accounts.id = v_key.account_id);
END $$;
