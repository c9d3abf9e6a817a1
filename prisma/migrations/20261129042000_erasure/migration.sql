-- What a visitor left can be taken away again: on request, and once it is older than the configuration keeps it.
-- A conversation on hold is kept whatever its age.
ALTER TABLE "sessions" ADD COLUMN "held_at" TIMESTAMPTZ(3);
CREATE INDEX "sessions_last_activity_at_idx" ON "sessions"("last_activity_at");

GRANT DELETE ON "sessions", "messages" TO "salient_app";
-- With its account.
GRANT DELETE ON "agent_instances", "identity_keys" TO "salient_app";
