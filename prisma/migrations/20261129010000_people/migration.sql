-- People who sign in, what they may do in which account, and the log of what they change.

ALTER TABLE "accounts" ADD COLUMN "created_by" UUID;

-- Every account so far came from the operator's own folders, and had no limits.
ALTER TABLE "accounts" NO FORCE ROW LEVEL SECURITY;
UPDATE "accounts" SET "subscription_tier" = 'enterprise';
ALTER TABLE "accounts" FORCE ROW LEVEL SECURITY;
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_subscription_tier_check"
  CHECK ("subscription_tier" IN ('free', 'standard', 'premium', 'enterprise'));

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "password_changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "roles" (
    "name" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "user_roles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_tokens" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_invites" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_invites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "chain_id" UUID NOT NULL,
    "account_id" UUID,
    "position" BIGINT NOT NULL DEFAULT 0,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_role" TEXT,
    "action" TEXT NOT NULL,
    "target_kind" TEXT,
    "target_id" TEXT,
    "before" JSONB,
    "after" JSONB,
    "address" TEXT,
    "request_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "previous_hash" TEXT NOT NULL DEFAULT '',
    "hash" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_heads" (
    "chain_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("chain_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "user_roles_user_id_idx" ON "user_roles"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_roles_account_id_user_id_key" ON "user_roles"("account_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_sessions_token_hash_key" ON "user_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "user_sessions_user_id_idx" ON "user_sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "email_tokens_token_hash_key" ON "email_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "email_tokens_user_id_idx" ON "email_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_invites_token_hash_key" ON "account_invites"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "account_invites_account_id_email_key" ON "account_invites"("account_id", "email");

-- CreateIndex
CREATE INDEX "audit_events_account_id_idx" ON "audit_events"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_events_chain_id_position_key" ON "audit_events"("chain_id", "position");

-- AddForeignKey
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_role_fkey" FOREIGN KEY ("role") REFERENCES "roles"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_sessions" ADD CONSTRAINT "user_sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_tokens" ADD CONSTRAINT "email_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_invites" ADD CONSTRAINT "account_invites_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_invites" ADD CONSTRAINT "account_invites_role_fkey" FOREIGN KEY ("role") REFERENCES "roles"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

INSERT INTO "roles" ("name", "rank") VALUES ('owner', 1), ('admin', 2), ('member', 3), ('viewer', 4);

ALTER TABLE "users" ADD CONSTRAINT "users_email_check" CHECK ("email" = lower("email") AND "email" LIKE '%_@_%');
ALTER TABLE "email_tokens" ADD CONSTRAINT "email_tokens_purpose_check" CHECK ("purpose" IN ('verify_email', 'reset_password'));
ALTER TABLE "audit_events"
  ADD CONSTRAINT "audit_events_chain_check" CHECK ("account_id" IS NULL OR "account_id" = "chain_id"),
  ADD CONSTRAINT "audit_events_actor_check" CHECK ("actor_kind" IN ('user', 'key', 'system'));

-- The audit log. Every column is named: one that is added later must not change the hashes of what was there before.
CREATE FUNCTION "hash_audit_event"(p_event audit_events) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    p_event.previous_hash, p_event.chain_id, p_event.position, p_event.id, p_event.account_id,
    p_event.actor_kind, p_event.actor_id, p_event.actor_role, p_event.action, p_event.target_kind, p_event.target_id,
    p_event.before, p_event.after, p_event.address, p_event.request_id,
    floor(extract(epoch FROM p_event.created_at) * 1000)::bigint
  )::text, 'UTF8')), 'hex')
$$;

-- Puts an entry at the end of its chain. The head's row lock puts the writers of one chain in a line, so whoever inserts
-- does so at the end of the transaction.
CREATE FUNCTION "chain_audit_event"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_head audit_heads%ROWTYPE;
BEGIN
  INSERT INTO audit_heads (chain_id, position, hash) VALUES (NEW.chain_id, 1, repeat('0', 64))
    ON CONFLICT (chain_id) DO UPDATE SET position = audit_heads.position + 1
    RETURNING * INTO v_head;
  NEW.position := v_head.position;
  NEW.previous_hash := v_head.hash;
  NEW.created_at := date_trunc('milliseconds', clock_timestamp());
  NEW.hash := hash_audit_event(NEW);
  UPDATE audit_heads SET hash = NEW.hash WHERE chain_id = NEW.chain_id;
  RETURN NEW;
END $$;
CREATE TRIGGER "audit_events_chain" BEFORE INSERT ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "chain_audit_event"();

-- Every break of the chains that the caller may see, at the position where it shows. Changes nothing.
--   altered    the entry is not what it was when it was written
--   missing    entries between the one before and this one are gone
--   unlinked   the entry was not written after the one before it
--   cut        entries after this one are gone
CREATE FUNCTION "find_audit_breaks"() RETURNS TABLE (chain_id uuid, "position" bigint, problem text) LANGUAGE sql STABLE AS $$
  WITH entry AS (
    SELECT event.chain_id, event.position, event.hash, event.previous_hash, hash_audit_event(event) AS true_hash,
      lag(event.position, 1, 0::bigint) OVER before_it AS position_before,
      lag(event.hash, 1, repeat('0', 64)) OVER before_it AS hash_before
    FROM audit_events AS event WINDOW before_it AS (PARTITION BY event.chain_id ORDER BY event.position)
  ), last_entry AS (
    SELECT DISTINCT ON (entry.chain_id) * FROM entry ORDER BY entry.chain_id, entry.position DESC
  )
  SELECT entry.chain_id, entry.position, 'altered' FROM entry WHERE entry.hash <> entry.true_hash
  UNION ALL
  SELECT entry.chain_id, entry.position, 'missing' FROM entry WHERE entry.position <> entry.position_before + 1
  UNION ALL
  SELECT entry.chain_id, entry.position, 'unlinked' FROM entry
    WHERE entry.position = entry.position_before + 1 AND entry.previous_hash <> entry.hash_before
  UNION ALL
  SELECT head.chain_id, coalesce(last_entry.position, 0), 'cut' FROM audit_heads AS head
    LEFT JOIN last_entry ON last_entry.chain_id = head.chain_id
    WHERE last_entry.hash IS DISTINCT FROM head.hash OR last_entry.position IS DISTINCT FROM head.position
  UNION ALL
  SELECT last_entry.chain_id, last_entry.position, 'cut' FROM last_entry
    WHERE NOT EXISTS (SELECT FROM audit_heads AS head WHERE head.chain_id = last_entry.chain_id)
  ORDER BY 1, 2, 3
$$;

GRANT SELECT ON "roles" TO "salient_app";
GRANT SELECT, INSERT, UPDATE ON "users" TO "salient_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON "user_roles", "user_sessions", "account_invites" TO "salient_app";
GRANT SELECT, INSERT, DELETE ON "email_tokens" TO "salient_app";
-- Append-only for everyone who serves. The heads must move; what they say wrongly shows, and hides nothing.
GRANT SELECT, INSERT ON "audit_events" TO "salient_app";
GRANT SELECT, INSERT, UPDATE ON "audit_heads" TO "salient_app";

-- What has expired is cleared, and chains are verified, for all at once.
GRANT SELECT, DELETE ON "user_sessions", "email_tokens", "account_invites" TO "salient_worker";
GRANT SELECT ON "audit_events", "audit_heads" TO "salient_worker";

-- Row-level security. A person's rows are shown to themself (`app.user_id`), and to whoever proves to hold something of
-- theirs: the address, or a token's hash. Each setting ends with its transaction, as the account's does.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['users', 'user_roles', 'user_sessions', 'email_tokens', 'account_invites', 'audit_events', 'audit_heads'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['user_roles', 'account_invites'] LOOP
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['user_sessions', 'email_tokens'] LOOP
    EXECUTE format($policy$
      CREATE POLICY "person" ON %I TO PUBLIC
        USING ("user_id" = nullif(current_setting('app.user_id', true), '')::uuid
            OR "token_hash" = nullif(current_setting('app.credential_hash', true), ''))
        WITH CHECK ("user_id" = nullif(current_setting('app.user_id', true), '')::uuid)
    $policy$, guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['user_sessions', 'email_tokens', 'account_invites', 'audit_events', 'audit_heads'] LOOP
    EXECUTE format($policy$
      CREATE POLICY "worker" ON %I TO "salient_worker"
        USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker')
    $policy$, guarded);
  END LOOP;
END $$;

CREATE POLICY "person" ON "users" TO PUBLIC
  USING ("id" = nullif(current_setting('app.user_id', true), '')::uuid
      OR "email" = nullif(current_setting('app.user_email', true), ''))
  WITH CHECK ("id" = nullif(current_setting('app.user_id', true), '')::uuid
      OR "email" = nullif(current_setting('app.user_email', true), ''));
CREATE POLICY "member" ON "users" FOR SELECT TO PUBLIC
  USING (EXISTS (SELECT FROM "user_roles" WHERE "user_roles"."user_id" = "users"."id"
    AND "user_roles"."account_id" = nullif(current_setting('app.account_id', true), '')::uuid));
CREATE POLICY "person" ON "user_roles" FOR SELECT TO PUBLIC
  USING ("user_id" = nullif(current_setting('app.user_id', true), '')::uuid);
CREATE POLICY "bearer" ON "account_invites" FOR SELECT TO PUBLIC
  USING ("token_hash" = nullif(current_setting('app.credential_hash', true), ''));
CREATE POLICY "chain" ON "audit_events" TO PUBLIC
  USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR ("account_id" IS NULL AND "chain_id" = nullif(current_setting('app.user_id', true), '')::uuid))
  WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR ("account_id" IS NULL AND "chain_id" = nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY "chain" ON "audit_heads" TO PUBLIC
  USING ("chain_id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR "chain_id" = nullif(current_setting('app.user_id', true), '')::uuid)
  WITH CHECK ("chain_id" = nullif(current_setting('app.account_id', true), '')::uuid
      OR "chain_id" = nullif(current_setting('app.user_id', true), '')::uuid);
