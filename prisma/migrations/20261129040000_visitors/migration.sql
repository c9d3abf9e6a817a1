-- Visitors, and what they are recognised by. A visitor is who `sessions.session_key` names; keys and tokens are exchanged
-- for new ones now and then, the visitor stays.

-- CreateTable
CREATE TABLE "visitors" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "session_key" TEXT NOT NULL,
    "external_id" TEXT,
    "email" TEXT,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "visitors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "browser_keys" (
    "browser_hash" TEXT NOT NULL,
    "newest_issued_at" TIMESTAMPTZ(3) NOT NULL,
    "older_until" TIMESTAMPTZ(3),
    "valid_from" TIMESTAMPTZ(3),
    "exchanging_until" TIMESTAMPTZ(3),
    "reuse_noted_at" TIMESTAMPTZ(3),
    "started_on" DATE NOT NULL DEFAULT CURRENT_DATE,

    CONSTRAINT "browser_keys_pkey" PRIMARY KEY ("browser_hash")
);

-- CreateTable
CREATE TABLE "visitor_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "key_hash" TEXT NOT NULL,
    "session_key" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "visitor_keys_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "session_tokens" ADD COLUMN "replaces_id" UUID,
ADD COLUMN "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN "first_used_at" TIMESTAMPTZ(3),
ADD COLUMN "ended_at" TIMESTAMPTZ(3),
ADD COLUMN "reuse_noted_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "visitors_account_id_session_key_key" ON "visitors"("account_id", "session_key");

-- CreateIndex
CREATE UNIQUE INDEX "visitors_account_id_id_key" ON "visitors"("account_id", "id");

-- CreateIndex
CREATE INDEX "visitors_account_id_email_idx" ON "visitors"("account_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "visitor_keys_account_id_key_hash_key" ON "visitor_keys"("account_id", "key_hash");

-- CreateIndex
CREATE INDEX "visitor_keys_account_id_session_key_idx" ON "visitor_keys"("account_id", "session_key");

-- CreateIndex
CREATE INDEX "browser_keys_newest_issued_at_idx" ON "browser_keys"("newest_issued_at");

-- CreateIndex
CREATE INDEX "session_tokens_account_id_session_key_idx" ON "session_tokens"("account_id", "session_key");

-- CreateIndex
CREATE INDEX "session_tokens_expires_at_idx" ON "session_tokens"("expires_at");

-- AddForeignKey
ALTER TABLE "visitors" ADD CONSTRAINT "visitors_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "visitor_keys" ADD CONSTRAINT "visitor_keys_account_id_session_key_fkey" FOREIGN KEY ("account_id", "session_key") REFERENCES "visitors"("account_id", "session_key") ON DELETE CASCADE ON UPDATE NO ACTION;


-- From here on hand-written: what a Prisma schema cannot say.

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['visitors', 'visitor_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, tenant_table);
  END LOOP;
END $$;
-- For the job that clears away what has expired.
CREATE POLICY "worker" ON "session_tokens" TO "salient_worker"
  USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker');

GRANT SELECT, INSERT, UPDATE, DELETE ON "visitors", "visitor_keys" TO "salient_app";
GRANT SELECT, INSERT, UPDATE ON "browser_keys" TO "salient_app";
GRANT UPDATE ON "session_tokens" TO "salient_app";
GRANT SELECT, DELETE ON "browser_keys", "session_tokens" TO "salient_worker";

-- A conversation has a visitor, however it began, and says what is known of them.
CREATE FUNCTION "sessions_take_visitor"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_visitor visitors%ROWTYPE;
BEGIN
  INSERT INTO visitors (account_id, session_key) VALUES (NEW.account_id, NEW.session_key) ON CONFLICT DO NOTHING;
  SELECT * INTO v_visitor FROM visitors WHERE account_id = NEW.account_id AND session_key = NEW.session_key;
  IF v_visitor.external_id IS NOT NULL OR v_visitor.user_id IS NOT NULL THEN
    NEW.is_anonymous := false;
    NEW.email := coalesce(NEW.email, v_visitor.email);
    NEW.user_id := coalesce(NEW.user_id, v_visitor.user_id);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "sessions_visitor" BEFORE INSERT ON "sessions"
  FOR EACH ROW WHEN (NEW."account_id" IS NOT NULL) EXECUTE FUNCTION "sessions_take_visitor"();

-- Until when what has just been replaced still works: for the overlap, to the next full one. Rounded, because a browser's
-- record belongs to no account, and its times must not tell which conversation they were made in.
CREATE FUNCTION "end_of_overlap"(p_seconds integer) RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT to_timestamp((ceil(extract(epoch FROM clock_timestamp()) / p_seconds) + 1) * p_seconds)
$$;

-- Whom a cookie's key stands for in an account, in one round trip:
--   {status, session_key, visitor_id, external_id, user_id, note_reuse, is_new}
-- status
--   ok        the key is good. Seen for the first time, it becomes the newest; older ones work for the overlap.
--   replaced  it has just been exchanged, and the answer that brings the new one may still be on its way
--   ended     it was replaced or revoked before
--   expired   the browser has been here too long
-- note_reuse: somebody shows a key that is long replaced; said once an hour. is_new: the account has a visitor more now.
--   p_browser_hash  of the key's secret, for the whole server    p_key_hash  the same for one account
--   p_remember      makes a record of a key that has none: whoever only reads leaves none
CREATE FUNCTION "enter_by_key"(
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
  SELECT * INTO v_visitor FROM visitors
    WHERE account_id = p_account_id AND session_key = coalesce(v_key.session_key, p_key_hash);
  RETURN jsonb_build_object('status', v_status, 'session_key', coalesce(v_key.session_key, p_key_hash),
    'visitor_id', v_visitor.id, 'external_id', v_visitor.external_id, 'user_id', v_visitor.user_id,
    'note_reuse', v_note_reuse, 'is_new', v_is_new);
END $$;

-- The same for a bearer token, which is good for one agent; null for one that we never made, or made for another agent.
--   {status: "ok" | "ended" | "expired", token_id, session_key, visitor_id, external_id, user_id, is_due, note_reuse}
-- is_due: it is old enough to be exchanged. The first use of a new token ends the one that it replaces, after the overlap.
CREATE FUNCTION "enter_by_token"(
  p_account_id uuid, p_agent_instance_id uuid, p_token_hash text, p_overlap_seconds integer, p_rotate_seconds integer
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_token session_tokens%ROWTYPE;
  v_visitor visitors%ROWTYPE;
  v_status text := 'ok';
  v_note_reuse boolean := false;
BEGIN
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true);
  SELECT * INTO v_token FROM session_tokens
    WHERE token_hash = p_token_hash AND account_id = p_account_id AND agent_instance_id = p_agent_instance_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF v_token.ended_at <= v_now THEN
    v_status := 'ended';
    UPDATE session_tokens SET reuse_noted_at = v_now
      WHERE id = v_token.id AND account_id = p_account_id
        AND (reuse_noted_at IS NULL OR reuse_noted_at < v_now - interval '1 hour');
    v_note_reuse := FOUND;
  ELSIF v_token.expires_at <= v_now THEN
    v_status := 'expired';
  ELSIF v_token.first_used_at IS NULL THEN
    UPDATE session_tokens SET first_used_at = v_now WHERE id = v_token.id AND account_id = p_account_id;
    UPDATE session_tokens SET ended_at = v_now + make_interval(secs => p_overlap_seconds)
      WHERE id = v_token.replaces_id AND account_id = p_account_id AND ended_at IS NULL;
  END IF;
  SELECT * INTO v_visitor FROM visitors WHERE account_id = p_account_id AND session_key = v_token.session_key;
  RETURN jsonb_build_object('status', v_status, 'token_id', v_token.id, 'session_key', v_token.session_key,
    'visitor_id', v_visitor.id, 'external_id', v_visitor.external_id, 'user_id', v_visitor.user_id,
    'is_due', v_token.created_at + make_interval(secs => p_rotate_seconds) <= v_now, 'note_reuse', v_note_reuse);
END $$;
