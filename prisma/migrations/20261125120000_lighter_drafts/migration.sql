-- Keeps the text of every live turn of one process, and its leases, in one statement. Answers the turns still its own,
-- and which of them somebody wants stopped. A lease is renewed once a third of it has gone: its column is indexed, and an
-- update that leaves it alone touches no index at all (a "heap-only tuple"), if the row's page has room.
ALTER TABLE "messages" SET (fillfactor = 70);
CREATE OR REPLACE FUNCTION "keep_drafts"(p_lease_owner uuid, p_lease_seconds integer, p_drafts jsonb)
RETURNS TABLE (turn_id uuid, stop_requested boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    UPDATE messages SET content = draft.content,
        lease_expires_at = CASE WHEN messages.lease_expires_at < v_now + make_interval(secs => p_lease_seconds * 2 / 3.0)
          THEN v_now + make_interval(secs => p_lease_seconds) ELSE messages.lease_expires_at END
      FROM jsonb_to_recordset(p_drafts) AS draft(message_id uuid, content text)
      WHERE messages.id = draft.message_id AND messages.status = 'pending' AND messages.lease_owner = p_lease_owner
      RETURNING messages.turn_id, messages.stop_requested_at IS NOT NULL;
END $$;
