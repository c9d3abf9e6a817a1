-- What a visitor thought of an answer: {"rating": "up" | "down", "comment"?: text}. Null: nothing said, or taken back.
ALTER TABLE "messages" ADD COLUMN "feedback" JSONB;
ALTER TABLE "messages" ADD CONSTRAINT "messages_feedback_check"
  CHECK ("feedback" IS NULL OR ("role" = 'assistant' AND "feedback" ->> 'rating' IN ('up', 'down')));

CREATE OR REPLACE FUNCTION "message_json"(p_message messages) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', p_message.id,
    'role', p_message.role,
    'content', p_message.content,
    'status', p_message.status,
    'created_at', to_char(p_message.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'metadata', p_message.metadata - 'call')
    || CASE WHEN p_message.feedback IS NULL THEN '{}' ELSE jsonb_build_object('feedback', p_message.feedback) END
$$;
