-- A conversation may be deleted while its answer is being stored. Both take the answer before the question then, so that
-- neither waits for the other in a circle.
CREATE FUNCTION "lock_pending_answer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM messages
    WHERE account_id = OLD.account_id AND session_id = OLD.id AND status = 'pending' FOR UPDATE;
  RETURN OLD;
END $$;
CREATE TRIGGER "sessions_lock_pending_answer" BEFORE DELETE ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "lock_pending_answer"();
