-- Any process may be asked to stop an answer; the one that generates it sees the wish when it keeps its drafts.
ALTER TABLE "messages" ADD COLUMN "stop_requested_at" TIMESTAMPTZ(3);

-- Keeps the text of every live turn of one process, and its leases, in one statement. Answers the turns still its own,
-- and which of them somebody wants stopped.
DROP FUNCTION "keep_drafts"(uuid, integer, jsonb);
CREATE FUNCTION "keep_drafts"(p_lease_owner uuid, p_lease_seconds integer, p_drafts jsonb)
RETURNS TABLE (turn_id uuid, stop_requested boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  RETURN QUERY
    UPDATE messages SET content = draft.content, lease_expires_at = clock_timestamp() + make_interval(secs => p_lease_seconds)
      FROM jsonb_to_recordset(p_drafts) AS draft(message_id uuid, content text)
      WHERE messages.id = draft.message_id AND messages.status = 'pending' AND messages.lease_owner = p_lease_owner
      RETURNING messages.turn_id, messages.stop_requested_at IS NOT NULL;
END $$;
