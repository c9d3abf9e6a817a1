-- What agents did, for whoever asks the database itself. Views of the ledger, so they can never say something else than the
-- bill; row-level security holds for whoever reads them.

-- One row for each call of a model, and for each correction of one (then with amounts below zero).
CREATE VIEW "agent_usage_log" WITH (security_invoker = true) AS
  SELECT id, account_id, account_slug, agent_instance_id, agent_instance_slug, agent_type, session_id, turn_id, message_id,
      provider, coalesce(model_answered, model_requested) AS model, completion_status,
      prompt_tokens, cached_prompt_tokens, completion_tokens, reasoning_tokens, total_tokens,
      prompt_cost, completion_cost, total_cost, cost_source, usage_source, latency_ms, time_to_first_token_ms, created_at
    FROM llm_requests;

-- One row for each agent and day (UTC). Times in milliseconds, of calls that were not corrected away; costs in US dollars,
-- null where none is known.
CREATE VIEW "agent_performance_metrics" WITH (security_invoker = true) AS
  SELECT account_id, account_slug, agent_instance_id, agent_instance_slug, (created_at AT TIME ZONE 'UTC')::date AS day,
      sum(entry) AS requests,
      sum(entry) FILTER (WHERE completion_status = 'complete') AS complete_requests,
      sum(entry) FILTER (WHERE completion_status <> 'complete') AS failed_requests,
      count(DISTINCT session_id) AS sessions,
      sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, sum(total_tokens) AS total_tokens,
      sum(total_cost) AS total_cost,
      round(avg(latency_ms) FILTER (WHERE entry = 1)) AS average_latency_ms,
      percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE entry = 1) AS p95_latency_ms,
      round(avg(time_to_first_token_ms) FILTER (WHERE entry = 1)) AS average_time_to_first_token_ms,
      percentile_disc(0.95) WITHIN GROUP (ORDER BY time_to_first_token_ms) FILTER (WHERE entry = 1) AS p95_time_to_first_token_ms
    FROM llm_requests
    GROUP BY 1, 2, 3, 4, 5;

GRANT SELECT ON "agent_usage_log", "agent_performance_metrics" TO "salient_app";
