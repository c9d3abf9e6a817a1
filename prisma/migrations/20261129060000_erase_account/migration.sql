-- An account's erasure takes away everything of it but its bills and its audit log. The versions of its agents'
-- configurations, which nobody may delete, go with their agents.
GRANT DELETE ON "account_budgets", "api_keys", "budget_counters", "notifications" TO "salient_app";
