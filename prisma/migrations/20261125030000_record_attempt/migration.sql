-- Enters a provider call that failed and is followed by another, and notes the other with the pending answer: whoever takes
-- the turn over from a process that died bills the call that was under way, and this one is billed already.
CREATE FUNCTION "record_attempt"(p_account_id uuid, p_request jsonb, p_next_call jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_llm_request(p_account_id, p_request);
  UPDATE messages SET metadata = jsonb_set(metadata, '{call}', p_next_call)
    WHERE account_id = p_account_id AND turn_id = (p_request ->> 'turn_id')::uuid AND role = 'assistant' AND status = 'pending';
END $$;
